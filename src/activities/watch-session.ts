import { activityInfo } from '@temporalio/activity';
import type { ActivityDependencies } from './dependencies.js';
import { notYet } from './not-yet.js';

const DAY_MS = 24 * 60 * 60_000;

export interface SessionWatch {
  readonly workflowId: string;
  /** Whether the session waits for somebody who can be reminded. */
  readonly remind: boolean;
}

/**
 * Waits, by failing with `NotYet`, until a reminder is due (`still-waiting`) or the session turns out to have ended
 * (`ended`), which it says itself unless it was terminated. Time is the server's, from the first attempt on.
 */
export function createWatchSession({
  isSessionOpen,
  reminderMs,
}: Pick<ActivityDependencies, 'isSessionOpen' | 'reminderMs'>) {
  return async ({ workflowId, remind }: SessionWatch): Promise<'still-waiting' | 'ended'> => {
    if (!(await isSessionOpen(workflowId))) return 'ended';
    const { scheduledTimestampMs, currentAttemptScheduledTimestampMs } = activityInfo();
    const left = remind ? reminderMs - (currentAttemptScheduledTimestampMs - scheduledTimestampMs) : DAY_MS;
    if (left <= 0) return 'still-waiting';
    // Once a day, so that nothing goes on for long after a session that was terminated.
    throw notYet('the session is open, and no reminder is due', Math.min(DAY_MS, left));
  };
}
