import type { Client } from '@temporalio/client';
import { createAudit } from '../audit/create-audit.js';
import { decodeHistory } from '../audit/decode-history.js';
import type { RunHistory } from '../audit/history-event.js';
import type { SigningAudit } from '../audit/signing-audit.js';
import { buildWorkflowId } from '../domain/workflow-id.js';
import { isNotFound } from '../shared/temporal-errors.js';
import { type Tenant, describeSigning } from './describe-signing.js';
import { SigningNotFoundError, mapError } from './errors.js';
import { createCondition } from './list.js';

/** For all histories of a signing, which can be long. */
const HISTORIES_TIMEOUT_MS = 60_000;

/** The evidence of a signing, from the histories that the server still has. Needs no worker. */
export async function auditSigning(tenant: Tenant, requestId: string): Promise<SigningAudit> {
  const { client, taskQueue } = tenant;
  const workflowId = buildWorkflowId(requestId, taskQueue);
  const reader = createHistoryReader(client, workflowId);
  for (;;) {
    const { runId } = await describeSigning(tenant, requestId);
    // A run that continued or was reset during the reading has a successor.
    if (reader.hasRead(runId)) break;
    await client
      .withDeadline(Date.now() + HISTORIES_TIMEOUT_MS, () => reader.readAllFrom(runId))
      .catch((error: unknown) => {
        throw mapError(error, requestId);
      });
  }
  if (reader.histories().length === 0) throw new SigningNotFoundError(requestId);
  return createAudit(workflowId, reader.histories(), reader.forgotten());
}

/** Reads each run of a workflow id once. */
interface HistoryReader {
  hasRead(runId: string): boolean;
  /** Reads a run, all runs that it names, and all that the server lists: after two resets a run names only the last. */
  readAllFrom(runId: string): Promise<void>;
  histories(): RunHistory[];
  forgotten(): string[];
}

function createHistoryReader(client: Client, workflowId: string): HistoryReader {
  const runs = new Map<string, RunHistory | null>();
  const readChain = async (runId: string): Promise<void> => {
    if (runs.has(runId)) return;
    const history = await fetchRun(client, workflowId, runId);
    runs.set(runId, history);
    for (const referenced of history === null ? [] : listReferencedRuns(history)) await readChain(referenced);
  };
  return {
    hasRead: (runId) => runs.has(runId),
    readAllFrom: async (runId) => {
      await readChain(runId);
      for (const listedRun of await listRuns(client, workflowId)) await readChain(listedRun);
    },
    histories: () => [...runs.values()].filter((history) => history !== null),
    forgotten: () => [...runs].flatMap(([runId, history]) => (history === null ? [runId] : [])),
  };
}

async function fetchRun(client: Client, workflowId: string, runId: string): Promise<RunHistory | null> {
  try {
    const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    return { runId, events: await decodeHistory(events ?? [], client.options.loadedDataConverter) };
  } catch (error) {
    // The server has deleted the run after its retention, but another run still names it.
    if (isNotFound(error)) return null;
    throw error;
  }
}

function listReferencedRuns({ events }: RunHistory): string[] {
  const referenced = events.map((event) => {
    if (event.type === 'started') return [event.continuedFrom ?? '', event.firstRunId];
    if (event.type === 'reset') return [event.baseRunId];
    return event.type === 'continued' ? [event.newRunId] : [];
  });
  return referenced.flat().filter((runId) => runId !== '');
}

async function listRuns(client: Client, workflowId: string): Promise<string[]> {
  const runs: string[] = [];
  for await (const run of client.workflow.list({ query: createCondition('WorkflowId', workflowId).join('') }))
    if (run.workflowId === workflowId) runs.push(run.runId);
  return runs;
}
