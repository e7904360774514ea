import { activityInfo, getClient } from '@temporalio/activity';
import { beating } from './beating.js';
import { failure } from './failures.js';

const CONFIRMS_MS = 10_000;
/** What a heartbeat tells from now on: that the call may have been made. */
const CALLING = 'calling';

/**
 * Makes a call only once the server has confirmed a heartbeat that announces it. An attempt that the server has given up
 * meanwhile makes none, and one that timed out without a heartbeat has made none, nor ever will: the task was lost on its
 * way to a worker, or with it. @throws `NotSent` where the announcement was not confirmed
 */
export async function announced<Result>(name: string, call: () => Promise<Result>): Promise<Result> {
  const client = getClient();
  const { taskToken } = activityInfo();
  try {
    await client.withDeadline(Date.now() + CONFIRMS_MS, () => client.activity.heartbeat(taskToken, CALLING));
  } catch {
    const message = `${name}: Temporal has not confirmed that the call may be made, so it was not made`;
    throw failure('NotSent', message, { nonRetryable: false });
  }
  return beating(call, CALLING);
}
