import {
  type Client,
  WorkflowFailedError,
  type WorkflowHandle,
  WorkflowNotFoundError,
} from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { SigningStatus } from '../../src/client/index.js';
import type { Evidence, WorkflowRecord } from '../verify/evidence.js';
import { readHistory } from '../verify/history.js';
import type { SigningRun } from './start-signing.js';
import type { Vendor } from './vendor.js';

const CONCURRENCY = 8;
const QUERY_TIMEOUT_MS = 60_000;

type StatusName = Awaited<ReturnType<WorkflowHandle['describe']>>['status']['name'];

const WORKFLOW_ENDS: Partial<Record<StatusName, WorkflowRecord['end']>> = {
  COMPLETED: 'completed',
  FAILED: 'failed',
  CANCELLED: 'cancelled',
  TERMINATED: 'terminated',
  TIMED_OUT: 'timed-out',
};

/** Reads every signing from Temporal and everything from the vendor. Both must be up. */
export async function collectEvidence(
  client: Client,
  vendor: Vendor,
  runs: readonly SigningRun[],
): Promise<Evidence> {
  const workflows = new Map<string, WorkflowRecord>();
  const queue = runs.values();
  const worker = async (): Promise<void> => {
    for (const { plan } of queue) {
      const record = await readWorkflowRecord(client, plan.requestId);
      if (record !== undefined) workflows.set(plan.requestId, record);
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
  return {
    acceptedSignings: runs.map(({ plan, sha256s }) => ({ plan, sha256s })),
    contractSessions: await vendor.contractSessions(),
    ledger: await vendor.ledger(),
    workflows,
  };
}

async function readWorkflowRecord(client: Client, requestId: string): Promise<WorkflowRecord | undefined> {
  const handle = client.workflow.getHandle(`signing-${requestId}`);
  try {
    const end = WORKFLOW_ENDS[(await handle.describe()).status.name] ?? 'running';
    const calls = readHistory(await handle.fetchHistory());
    if (end === 'running') {
      const queryStatus = (): Promise<SigningStatus> => handle.query<SigningStatus>('status');
      const status = await client.withDeadline(Date.now() + QUERY_TIMEOUT_MS, queryStatus).catch(() => null);
      return { end, failure: null, status, calls };
    }
    return { end, calls, ...(await readResult(() => handle.result() as Promise<SigningStatus>)) };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}

async function readResult(
  result: () => Promise<SigningStatus>,
): Promise<Pick<WorkflowRecord, 'status' | 'failure'>> {
  try {
    return { status: await result(), failure: null };
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    const { cause } = error;
    return { status: null, failure: cause instanceof ApplicationFailure ? (cause.type ?? null) : null };
  }
}
