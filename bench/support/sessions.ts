import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CheckedDocument } from '../../src/domain/request.js';
import { BARE_QUEUE } from './bare/start.js';
import type { Stage } from './stage.js';

const EMPLOYEE = '45';

/** A request that can be signed, with a requestId of its own. */
export function requestFor(documents: readonly CheckedDocument[]) {
  return {
    requestId: randomUUID(),
    employeeId: EMPLOYEE,
    name: 'Benchmark',
    method: 'aes',
    participants: [
      { email: 'john.doe@example.invalid', firstname: 'John', lastname: 'Doe', mobile: '+49176123456789' },
    ],
    documents: documents.map(({ source }) => ({ source })),
  };
}

/** How many sessions await their signature. */
export async function countAwaiting({ client }: Stage): Promise<number> {
  const { count } = await client.workflow.count("SigningState = 'awaiting-signature'");
  return count;
}

/** Starts so many sessions at once, and waits until all of them await their signature. */
export async function bringToSignature(
  stage: Stage,
  count: number,
  documents: readonly CheckedDocument[],
): Promise<readonly string[]> {
  const before = await countAwaiting(stage);
  const requests = Array.from({ length: count }, () => requestFor(documents));
  await Promise.all(requests.map((request) => stage.signings.start(request)));
  while ((await countAwaiting(stage)) < before + count) await sleep(25);
  return requests.map(({ requestId }) => requestId);
}

/** Runs so many bare workflows at once to their ends. */
export async function runBare({ client }: Stage, count: number, activities: number): Promise<void> {
  await Promise.all(
    Array.from({ length: count }, () =>
      client.workflow.execute('bare', {
        taskQueue: BARE_QUEUE,
        workflowId: `bare-${randomUUID()}`,
        args: [activities],
      }),
    ),
  );
}
