import { proxyActivities, upsertSearchAttributes } from '@temporalio/workflow';
import type { SigningActivities } from '../../../src/activities/index.js';
import type { PollRequest } from '../../../src/activities/poll-documents.js';
import { DEFAULT_TASK_QUEUE, buildPollTaskQueue } from '../../../src/domain/workflow-id.js';
import { searchAttributes } from '../../../src/workflows/messages.js';
import { POLL } from '../../../src/workflows/retry-policies.js';
import type { nothing } from './worker.js';

const activities = proxyActivities<{ nothing: typeof nothing }>({ startToCloseTimeout: '1 minute' });

/** Runs `count` activities that do nothing, one by one, with a change of search attributes before each of the first `changes`. */
export async function bare(count: number, changes: number): Promise<void> {
  for (let done = 0; done < count; done += 1) {
    if (done < changes) upsertSearchAttributes([{ key: searchAttributes.state, value: `bare-${done}` }]);
    await activities.nothing();
  }
}

const { pollDocuments } = proxyActivities<Pick<SigningActivities, 'pollDocuments'>>({
  ...POLL,
  taskQueue: buildPollTaskQueue(DEFAULT_TASK_QUEUE),
});

/** Waits as a signing does, by the activity and the options of a signing. */
export async function waitForSignature(request: PollRequest): Promise<void> {
  await pollDocuments(request);
}
