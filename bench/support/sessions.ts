import { randomUUID } from 'node:crypto';
import type { CheckedDocument } from '../../src/domain/request.js';
import type { SigningState } from '../../src/domain/status.js';
import { BARE_QUEUE } from './bare/start.js';
import { inFlight, type Crowd } from './in-flight.js';
import type { Stage } from './stage.js';

const EMPLOYEE = '45';

/** A request that can be signed, with a requestId of its own. */
export function requestFor(documents: readonly CheckedDocument[], employeeId = EMPLOYEE) {
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

/** How many sessions await their signature; or their hand-over, where no call hands them over. */
export function countAwaiting(stage: Stage, state: SigningState = 'awaiting-signature'): Promise<number> {
  return count(stage, `SigningState = '${state}' AND ExecutionStatus = 'Running'`);
}

/**
 * Starts so many sessions, and waits until all of them await their signature. @throws with what the others tell of
 * themselves, when no further one does
 */
export async function bringToSignature(
  stage: Stage,
  crowd: Crowd,
  documents: readonly CheckedDocument[],
): Promise<void> {
  const start = () => stage.signings.start(requestFor(documents));
  await inFlight(
    crowd,
    start,
    () => countAwaiting(stage),
    () => tellOthers(stage),
  );
}

async function tellOthers({ signings }: Stage): Promise<string> {
  const all = await signings.list({ limit: Infinity });
  const others = all.filter(({ state }) => state !== 'awaiting-signature');
  const statuses = await Promise.all(others.map(({ requestId }) => signings.status(requestId)));
  return `The others: ${statuses.map(({ state, attention }) => `${state} (${attention?.reason ?? ''})`).join(', ')}.`;
}

/** Starts one session, waits until it awaits its signature, or is in another state, and gives its requestId. */
export async function bringOneToSignature(
  stage: Stage,
  documents: readonly CheckedDocument[],
  state?: SigningState,
): Promise<string> {
  const request = requestFor(documents);
  await inFlight(
    { count: 1, atOnce: 1 },
    () => stage.signings.start(request),
    () => countAwaiting(stage, state),
  );
  return request.requestId;
}

/** Runs one bare workflow to its end. */
export async function runBare({ client }: Stage, activities: number): Promise<void> {
  await client.workflow.execute('bare', bareWorkflow(activities, 0));
}

/**
 * Runs so many bare workflows to their ends, and sees to it in the same way as with sessions; each with so many changes of
 * its search attributes.
 */
export async function runManyBare(
  stage: Stage,
  crowd: Crowd,
  activities: number,
  changes = 0,
): Promise<void> {
  const start = () => stage.client.workflow.start('bare', bareWorkflow(activities, changes));
  await inFlight(crowd, start, () => count(stage, "WorkflowType = 'bare' AND ExecutionStatus = 'Completed'"));
}

function bareWorkflow(activities: number, changes: number) {
  return { taskQueue: BARE_QUEUE, workflowId: `bare-${randomUUID()}`, args: [activities, changes] };
}

async function count({ client }: Stage, query: string): Promise<number> {
  return (await client.workflow.count(query)).count;
}
