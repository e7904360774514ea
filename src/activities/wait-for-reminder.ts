import { activityInfo } from '@temporalio/activity';
import { REMINDER_CHECK_INTERVAL_MS } from '../workflows/retry-policies.js';
import type { ActivityDependencies } from './dependencies.js';
import { createRetryLater } from './failures.js';

export interface ReminderRequest {
  readonly workflowId: string;
  /** Whether the signing waits for a person, whom a reminder can reach. */
  readonly isReminderWanted: boolean;
}

/**
 * Waits, by failing with `RetryLater`, until a reminder is due (`reminder-due`) or the signing has been terminated
 * (`ended`); every other end arrives as a change. The server's clock counts from the first attempt.
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
    // At least once a day, so that the callbacks end soon after a terminated signing.
    throw createRetryLater(
      'the signing is open, and no reminder is due',
      Math.min(REMINDER_CHECK_INTERVAL_MS, remainingMs),
    );
  };
}
