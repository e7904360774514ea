import { randomUUID } from 'node:crypto';
import type { CheckedDocument } from '../../src/domain/request.js';
import type { SigningState } from '../../src/domain/status.js';
import { BARE_QUEUE } from './bare/start.js';
import { type Batch, runBatch } from './batch.js';
import type { BenchEnvironment } from './environment.js';

const EMPLOYEE = '45';

/** A valid request with a new requestId. */
export function createRequest(documents: readonly CheckedDocument[], employeeId = EMPLOYEE) {
  return {
    requestId: randomUUID(),
    employeeId,
    name: 'Benchmark',
    method: 'aes',
    participants: [
      { email: 'john.doe@example.invalid', firstname: 'John', lastname: 'Doe', mobile: '+49176123456789' },
    ],
    documents: documents.map(({ source }) => ({ source })),
  };
}

/** How many signings are in this state. */
function countAwaiting(
  environment: BenchEnvironment,
  state: SigningState = 'awaiting-signature',
): Promise<number> {
  return count(environment, `SigningState = '${state}' AND ExecutionStatus = 'Running'`);
}

/**
 * Starts the signings of the batch, and waits until all of them await their signature. @throws with the states of the others
 * when no further signing awaits it
 */
export async function runBatchToSignature(
  environment: BenchEnvironment,
  batch: Batch,
  documents: readonly CheckedDocument[],
): Promise<void> {
  const start = () => environment.signings.start(createRequest(documents));
  await runBatch(
    batch,
    start,
    () => countAwaiting(environment),
    () => describeOthers(environment),
  );
}

async function describeOthers({ signings }: BenchEnvironment): Promise<string> {
  const all = await signings.list({ limit: Infinity });
  const others = all.filter(({ state }) => state !== 'awaiting-signature');
  const statuses = await Promise.all(others.map(({ requestId }) => signings.status(requestId)));
  return `The others: ${statuses.map(({ state, attention }) => `${state} (${attention?.reason ?? ''})`).join(', ')}.`;
}

/** Starts one signing, waits until it is in the state (by default `awaiting-signature`), and returns its requestId. */
export async function runOneToSignature(
  environment: BenchEnvironment,
  documents: readonly CheckedDocument[],
  state?: SigningState,
): Promise<string> {
  const request = createRequest(documents);
  await runBatch(
    { count: 1, concurrency: 1 },
    () => environment.signings.start(request),
    () => countAwaiting(environment, state),
  );
  return request.requestId;
}

/** Runs one bare workflow to its end. */
export async function runBare({ client }: BenchEnvironment, activities: number): Promise<void> {
  await client.workflow.execute('bare', createBareOptions(activities, 0));
}

/**
 * Runs a batch of bare workflows to their ends, counted in the same way as signings; each with `changes` changes of its
 * search attributes.
 */
export async function runBareBatch(
  environment: BenchEnvironment,
  batch: Batch,
  activities: number,
  changes = 0,
): Promise<void> {
  const start = () => environment.client.workflow.start('bare', createBareOptions(activities, changes));
  await runBatch(batch, start, () =>
    count(environment, "WorkflowType = 'bare' AND ExecutionStatus = 'Completed'"),
  );
}

function createBareOptions(activities: number, changes: number) {
  return { taskQueue: BARE_QUEUE, workflowId: `bare-${randomUUID()}`, args: [activities, changes] };
}

async function count({ client }: BenchEnvironment, query: string): Promise<number> {
  return (await client.workflow.count(query)).count;
}
