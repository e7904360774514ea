import {
  WorkflowFailedError,
  WorkflowNotFoundError,
  type Client,
  type WorkflowHandle,
} from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { SigningStatus } from '../../src/starter/index.js';
import type { Evidence, WorkflowRecord } from '../judge/evidence.js';
import { readHistory } from '../judge/history.js';
import type { Play } from './play.js';
import type { Vendor } from './vendor.js';

const AT_ONCE = 8;
const WORKER_ANSWERS_MS = 60_000;

type StatusName = Awaited<ReturnType<WorkflowHandle['describe']>>['status']['name'];

const ENDS: Partial<Record<StatusName, WorkflowRecord['end']>> = {
  COMPLETED: 'completed',
  FAILED: 'failed',
  CANCELLED: 'cancelled',
  TERMINATED: 'terminated',
  TIMED_OUT: 'timed-out',
};

/** Asks Temporal for every session and the vendor for everything it remembers. All of it must be up. */
export async function collect(client: Client, vendor: Vendor, plays: readonly Play[]): Promise<Evidence> {
  const workflows = new Map<string, WorkflowRecord>();
  const queue = plays.values();
  const lane = async (): Promise<void> => {
    for (const { plan } of queue) {
      const record = await recordOf(client, plan.requestId);
      if (record !== undefined) workflows.set(plan.requestId, record);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  return {
    orders: plays.map(({ plan, sha256s }) => ({ plan, sha256s })),
    contracts: await vendor.sessions(),
    ledger: await vendor.ledger(),
    workflows,
  };
}

async function recordOf(client: Client, requestId: string): Promise<WorkflowRecord | undefined> {
  const handle = client.workflow.getHandle(`signing-${requestId}`);
  try {
    const end = ENDS[(await handle.describe()).status.name] ?? 'running';
    const calls = readHistory(await handle.fetchHistory());
    if (end === 'running') {
      const ask = (): Promise<SigningStatus> => handle.query<SigningStatus>('status');
      const status = await client.withDeadline(Date.now() + WORKER_ANSWERS_MS, ask).catch(() => null);
      return { end, failure: null, status, calls };
    }
    return { end, calls, ...(await resultOf(() => handle.result() as Promise<SigningStatus>)) };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}

async function resultOf(
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
