import { activityInfo, cancellationSignal } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { CallbackError } from '../callbacks/sender.js';
import type { CallbackEvent } from '../domain/callbacks.js';
import { REMINDER_CHECK_INTERVAL_MS, callbackPauseMs } from '../workflows/retry-policies.js';
import type { ActivityDependencies } from './dependencies.js';
import { createRetryLater } from './failures.js';

/** An event on its way to the CRM. */
export interface CallbackDelivery {
  readonly url: string;
  /** The `webhook-id`: the same for every attempt, so that a receiver recognizes duplicates. */
  readonly id: string;
  readonly event: CallbackEvent;
}

/** The `details` of a failed delivery. */
export interface DeliveryFailureDetails {
  readonly attempt: number;
}

/** The type of the failure after which the CRM gets no more callbacks. */
export type CallbackGone = 'CallbackGone';

/**
 * Sends one event and returns when the CRM accepted it, ISO 8601. Every failure but 410 is retried after a growing pause,
 * also an address that the configuration forbids: an operator can correct it meanwhile.
 */
export function createDeliverCallback({ callbacks }: Pick<ActivityDependencies, 'callbacks'>) {
  return async ({ url, id, event }: CallbackDelivery): Promise<string> => {
    try {
      await callbacks.send(url, id, event, cancellationSignal());
      return new Date().toISOString();
    } catch (error) {
      throw error instanceof CallbackError ? createDeliveryFailure(error) : error;
    }
  };
}

function createDeliveryFailure({ message, gone, retryAfterMs }: CallbackError): ApplicationFailure {
  const { attempt } = activityInfo();
  const details: DeliveryFailureDetails = { attempt };
  const type: CallbackGone | 'CallbackFailed' = gone ? 'CallbackGone' : 'CallbackFailed';
  const nextRetryDelay = callbackPauseMs(attempt, Math.random(), retryAfterMs);
  return ApplicationFailure.create({ type, message, details: [details], nonRetryable: gone, nextRetryDelay });
}

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
