import { activityInfo, heartbeat } from '@temporalio/activity';

const BEAT_MS = 5_000;

/**
 * Runs a call while telling the server that this worker is alive: a worker that was killed is noticed within the
 * heartbeat timeout, and a cancellation reaches the call. A local activity has no need of it.
 */
export async function beating<Result>(call: () => Promise<Result>): Promise<Result> {
  if (activityInfo().isLocal) return call();
  heartbeat();
  const timer = setInterval(() => {
    heartbeat();
  }, BEAT_MS);
  try {
    return await call();
  } finally {
    clearInterval(timer);
  }
}
