import { activityInfo, getClient, heartbeat } from '@temporalio/activity';
import { HEARTBEAT_CONFIRMATION_TIMEOUT_MS, HEARTBEAT_INTERVAL_MS } from '../workflows/retry-policies.js';
import { createFailure } from './failures.js';

/**
 * Sends heartbeats while a call runs. So the server notices a killed worker within the heartbeat timeout, and a cancellation
 * reaches the call. The first heartbeat follows after one interval: a call of usual length costs the server no write for it.
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

/** The heartbeat details from now on: the call may have been made. */
const CALL_STARTED = 'calling';

/**
 * Makes a call only after the server has confirmed a heartbeat for it. The server rejects the heartbeat of an attempt that
 * has timed out. So an attempt that timed out without a heartbeat has made no call and never will.
 * @throws `NotSent` where the server did not confirm the heartbeat
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
    const message = `${name}: Temporal did not confirm the heartbeat before the call, so the call was not made`;
    throw createFailure('NotSent', message, { nonRetryable: false });
  }
  return withHeartbeat(call, CALL_STARTED);
}
