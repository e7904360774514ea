import { activityInfo, cancellationSignal } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { CallbackError } from '../callbacks/sender.js';
import type { CallbackEvent } from '../domain/callback-event.js';
import { callbackPauseMs } from '../workflows/retry-policies.js';
import type { ActivityDependencies } from './dependencies.js';

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
