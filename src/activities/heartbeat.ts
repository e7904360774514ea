import { heartbeat, activityInfo, getClient } from '@temporalio/activity';

import { createFailure } from './failures.js';
import { HEARTBEAT_CONFIRMATION_TIMEOUT_MS, HEARTBEAT_INTERVAL_MS } from '../workflows/retry-policies.js';

/**
 * Runs a call while telling the server that this worker is alive: a worker that was killed is noticed within the
 * heartbeat timeout, and a cancellation reaches the call. The start is a sign of life itself, so that a call of the usual
 * length, and every look of a waiting session, costs the server no further write; a local activity is over by then.
 */
export async function withHeartbeat<Result>(call: () => Promise<Result>, details?: string): Promise<Result> {
  const timer = setInterval(() => {
    heartbeat(details);
  }, HEARTBEAT_INTERVAL_MS);
  try {
    return await call();
  } finally {
    clearInterval(timer);
  }
}

/** What a heartbeat tells from now on: that the call may have been made. */
const CALL_STARTED = 'calling';

/**
 * Makes a call only once the server has confirmed a heartbeat that announces it. An attempt that the server has given up
 * meanwhile makes none, and one that timed out without a heartbeat has made none, nor ever will: the task was lost on its
 * way to a worker, or with it. @throws `NotSent` where the announcement was not confirmed
 */
export async function withConfirmedHeartbeat<Result>(
  name: string,
  call: () => Promise<Result>,
): Promise<Result> {
  const client = getClient();
  const { taskToken } = activityInfo();
  try {
    await client.withDeadline(Date.now() + HEARTBEAT_CONFIRMATION_TIMEOUT_MS, () =>
      client.activity.heartbeat(taskToken, CALL_STARTED),
    );
  } catch {
    const message = `${name}: Temporal has not confirmed that the call may be made, so it was not made`;
    throw createFailure('NotSent', message, { nonRetryable: false });
  }
  return withHeartbeat(call, CALL_STARTED);
}
