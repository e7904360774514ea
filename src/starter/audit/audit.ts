import type { Client } from '@temporalio/client';
import { workflowIdOf } from '../../workflows/messages.js';
import { SigningNotFoundError } from '../errors.js';
import { explained, isUnknownToServer } from '../explained.js';
import { condition } from '../list.js';
import { lookUp, type Tenant } from '../look-up.js';
import { createAudit } from './create-audit.js';
import { decodeHistory } from './decode-history.js';
import type { RunHistory } from './history-event.js';
import type { SigningAudit } from './record.js';

/** For all histories of a signing, which may be long. */
const SERVER_ANSWERS_MS = 60_000;

/** The evidence of a signing, from the histories that the server has of it; needs no worker. */
export async function auditSigning(tenant: Tenant, requestId: string): Promise<SigningAudit> {
  const { client, taskQueue } = tenant;
  const workflowId = workflowIdOf(requestId, taskQueue);
  const read = createHistoryReader(client, workflowId);
  for (;;) {
    const { runId } = await lookUp(tenant, requestId);
    // A run that is continued or reset while it is read has a successor that must be read too.
    if (read.knows(runId)) break;
    await client
      .withDeadline(Date.now() + SERVER_ANSWERS_MS, () => read.allFrom(runId))
      .catch((error: unknown) => {
        throw explained(error, requestId);
      });
  }
  if (read.histories().length === 0) throw new SigningNotFoundError(requestId);
  return createAudit(workflowId, read.histories(), read.forgotten());
}

/** Reads every run of a workflow id once. */
interface HistoryReader {
  knows(runId: string): boolean;
  /** Reads a run, all that it names, and all that the server lists: a run that was reset twice names the last alone. */
  allFrom(runId: string): Promise<void>;
  histories(): RunHistory[];
  forgotten(): string[];
}

function createHistoryReader(client: Client, workflowId: string): HistoryReader {
  const known = new Map<string, RunHistory | null>();
  const readChain = async (runId: string): Promise<void> => {
    if (known.has(runId)) return;
    const history = await readRun(client, workflowId, runId);
    known.set(runId, history);
    for (const named of history === null ? [] : namedIn(history)) await readChain(named);
  };
  return {
    knows: (runId) => known.has(runId),
    allFrom: async (runId) => {
      await readChain(runId);
      for (const listed of await listedRuns(client, workflowId)) await readChain(listed);
    },
    histories: () => [...known.values()].filter((history) => history !== null),
    forgotten: () => [...known].flatMap(([runId, history]) => (history === null ? [runId] : [])),
  };
}

async function readRun(client: Client, workflowId: string, runId: string): Promise<RunHistory | null> {
  try {
    const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    return { runId, events: await decodeHistory(events ?? [], client.options.loadedDataConverter) };
  } catch (error) {
    // After its retention time a run is gone, while another one may still name it.
    if (isUnknownToServer(error)) return null;
    throw error;
  }
}

function namedIn({ events }: RunHistory): string[] {
  const named = events.map((event) => {
    if (event.type === 'started') return [event.continuedFrom ?? '', event.firstRunId];
    if (event.type === 'reset') return [event.baseRunId];
    return event.type === 'continued' ? [event.newRunId] : [];
  });
  return named.flat().filter((runId) => runId !== '');
}

async function listedRuns(client: Client, workflowId: string): Promise<string[]> {
  const runs: string[] = [];
  for await (const run of client.workflow.list({ query: condition('WorkflowId', workflowId).join('') }))
    if (run.workflowId === workflowId) runs.push(run.runId);
  return runs;
}
