import { CancellationScope, isCancellation, sleep } from '@temporalio/workflow';
import type { FinalState } from '../domain/status.js';
import { SigningAborted } from './decisions.js';
import type { Signing } from './signing.js';
import { expire } from './steps/expire.js';

/** How a run ends: in a final state, or to be continued by the next run. */
export type RunEnd = FinalState | 'continue-as-new';

/** Runs the lifecycle until it ends, the deadline passes, a person aborts or the workflow is cancelled. */
export async function runUntilDeadline(signing: Signing, run: () => Promise<RunEnd>): Promise<RunEnd> {
  const mainScope = new CancellationScope({ cancellable: true });
  const timerScope = new CancellationScope({ cancellable: true });
  const timer = { isDeadlineReached: false };
  const timerRun = timerScope.run(async () => {
    await sleep(Math.max(1, signing.deadline - Date.now()), { summary: 'Deadline' });
    timer.isDeadlineReached = true;
    mainScope.cancel();
  });
  timerRun.catch(() => undefined);
  const endStopped = (): Promise<FinalState> =>
    timer.isDeadlineReached ? expireUnlessCancelled(signing) : CANCELLED;
  try {
    const end = await mainScope.run(run);
    // The next run would not know that this one was stopped.
    return end === 'continue-as-new' && mainScope.consideredCancelled ? await endStopped() : end;
  } catch (error) {
    if (error instanceof SigningAborted) return 'cancelled';
    // A call that fails while it is being cancelled throws its own error, so the scope is asked.
    if (!mainScope.consideredCancelled) throw error;
    return await endStopped();
  } finally {
    timerScope.cancel();
  }
}

const CANCELLED = Promise.resolve('cancelled' as const);

async function expireUnlessCancelled(signing: Signing): Promise<FinalState> {
  try {
    return await expire(signing);
  } catch (error) {
    if (isCancellation(error)) return 'cancelled';
    throw error;
  }
}
