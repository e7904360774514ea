import { ActivityFailure, ApplicationFailure, isCancellation, TemporalFailure } from '@temporalio/workflow';
import type { CallbackGone, DeliveryFailureDetails } from '../activities/deliver-callback.js';
import type { CallbackEvent } from '../domain/callback-event.js';
import type { CallbackStatus } from '../domain/callback-queue.js';
import { callbackPatienceMs } from '../domain/pacing.js';
import { deliveryId } from './messages.js';
import { countCallbackGivenUp } from './metrics.js';
import { delivering } from './policies.js';
import type { CallbackTarget } from './signing-callbacks.js';

/** How a delivery has ended, and whether the CRM wants no more. */
export interface Delivered {
  readonly status: CallbackStatus;
  readonly gone: boolean;
}

/** Delivers one event, or gives it up after three days. */
export async function deliver({ url, session }: CallbackTarget, event: CallbackEvent): Promise<Delivered> {
  const { order, type, timestamp } = event;
  const options = {
    activityId: deliveryId(event),
    summary: `Deliver no. ${order}: ${type}`,
    scheduleToCloseTimeout: callbackPatienceMs(Date.parse(timestamp), Date.now()),
  };
  try {
    const delivery = { url, id: `${session}-${order}`, event };
    const deliveredAt = await delivering.deliverCallback.executeWithOptions(options, [delivery]);
    return { status: { order, type, deliveredAt }, gone: false };
  } catch (error) {
    if (!(error instanceof ActivityFailure) || isCancellation(error)) throw error;
    return givenUp(event, error.cause);
  }
}

const GONE: CallbackGone = 'CallbackGone';

function givenUp({ order, type }: CallbackEvent, cause: Error | undefined): Delivered {
  const last = lastAttempt(cause);
  const details = last?.details?.[0] as DeliveryFailureDetails | undefined;
  const gone = last?.type === GONE;
  const why = last?.message ?? 'no attempt came to an end';
  if (!gone) countCallbackGivenUp(type);
  const failure = gone ? why : `given up: ${why}`;
  return { status: { order, type, attempt: details?.attempt ?? 1, failure, nextAttemptAt: null }, gone };
}

/** Where the time was up in the middle of an attempt, the failure of the one before it is its cause. */
function lastAttempt(cause: Error | undefined): ApplicationFailure | undefined {
  if (cause === undefined || cause instanceof ApplicationFailure) return cause;
  return lastAttempt(cause instanceof TemporalFailure ? cause.cause : undefined);
}
