import { heartbeat } from '@temporalio/activity';

const BEAT_MS = 5_000;

/**
 * Runs a call while telling the server that this worker is alive: a worker that was killed is noticed within the
 * heartbeat timeout, and a cancellation reaches the call. The start is a sign of life itself, so that a call of the usual
 * length, and every look of a waiting session, costs the server no further write; a local activity is over by then.
 */
export async function beating<Result>(call: () => Promise<Result>, details?: string): Promise<Result> {
  const timer = setInterval(() => {
    heartbeat(details);
  }, BEAT_MS);
  try {
    return await call();
  } finally {
    clearInterval(timer);
  }
}
