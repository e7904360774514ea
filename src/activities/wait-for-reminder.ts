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
 * Waits, by failing with `RetryLater`, until a reminder is due (`reminder-due`) or the signing has ended (`ended`), of which
 * a terminated signing sends no change. Time is the server's, from the first attempt on.
 */
export function createWaitForReminder({
  isSigningOpen,
  reminderMs,
}: Pick<ActivityDependencies, 'isSigningOpen' | 'reminderMs'>) {
  return async ({ workflowId, isReminderWanted }: ReminderRequest): Promise<'reminder-due' | 'ended'> => {
    if (!(await isSigningOpen(workflowId))) return 'ended';
    const { scheduledTimestampMs, currentAttemptScheduledTimestampMs } = activityInfo();
    const remainingMs = isReminderWanted
      ? reminderMs - (currentAttemptScheduledTimestampMs - scheduledTimestampMs)
      : REMINDER_CHECK_INTERVAL_MS;
    if (remainingMs <= 0) return 'reminder-due';
    // Once a day, so that nothing goes on for long after a session that was terminated.
    throw createRetryLater(
      'the session is open, and no reminder is due',
      Math.min(REMINDER_CHECK_INTERVAL_MS, remainingMs),
    );
  };
}
