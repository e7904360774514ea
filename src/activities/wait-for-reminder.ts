import { activityInfo } from '@temporalio/activity';
import type { ActivityDependencies } from './dependencies.js';
import { createRetryLater } from './failures.js';
import { REMINDER_CHECK_INTERVAL_MS } from '../workflows/retry-policies.js';

export interface ReminderRequest {
  readonly workflowId: string;
  /** Whether the session waits for somebody who can be reminded. */
  readonly isReminderWanted: boolean;
}

/**
 * Waits, by failing with `NotYet`, until a reminder is due (`still-waiting`) or the session turns out to have ended
 * (`ended`), which it says itself unless it was terminated. Time is the server's, from the first attempt on.
 */
export function createWaitForReminder({
  isSigningOpen,
  reminderMs,
}: Pick<ActivityDependencies, 'isSigningOpen' | 'reminderMs'>) {
  return async ({ workflowId, isReminderWanted }: ReminderRequest): Promise<'still-waiting' | 'ended'> => {
    if (!(await isSigningOpen(workflowId))) return 'ended';
    const { scheduledTimestampMs, currentAttemptScheduledTimestampMs } = activityInfo();
    const remainingMs = isReminderWanted
      ? reminderMs - (currentAttemptScheduledTimestampMs - scheduledTimestampMs)
      : REMINDER_CHECK_INTERVAL_MS;
    if (remainingMs <= 0) return 'still-waiting';
    // Once a day, so that nothing goes on for long after a session that was terminated.
    throw createRetryLater(
      'the session is open, and no reminder is due',
      Math.min(REMINDER_CHECK_INTERVAL_MS, remainingMs),
    );
  };
}
