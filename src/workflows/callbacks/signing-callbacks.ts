import {
  ActivityFailure,
  ApplicationFailure,
  isCancellation,
  TemporalFailure,
  CancellationScope,
  condition,
  makeContinueAsNewFunc,
  setCurrentDetails,
  setHandler,
  upsertMemo,
  workflowInfo,
} from '@temporalio/workflow';
import type { CallbackGone, DeliveryFailureDetails } from '../../activities/deliver-callback.js';
import type { CallbackEvent } from '../../domain/callback-event.js';

import { callbackTimeoutMs } from '../retry-policies.js';
import { CALLBACK_MEMO, statusChangeSignal } from '../messages.js';
import { buildDeliveryId } from '../../domain/workflow-id.js';
import { countCallbackGivenUp } from '../metrics.js';
import { callbackDelivery, reminder } from '../activity-proxies.js';

import {
  dequeue,
  isDrained,
  enqueueReminder,
  enqueue,
  isWaitingForPerson,
  type CallbackQueue,
  type CallbackStatus,
} from '../../domain/callback-queue.js';
import { renderCallbacksSummary } from '../ui-summary.js';

/** How a delivery has ended, and whether the CRM wants no more. */
export interface DeliveryResult {
  readonly status: CallbackStatus;
  readonly gone: boolean;
}

/** Delivers one event, or gives it up after three days. */
export async function deliverEvent(
  { url, signingRunId }: CallbackTarget,
  event: CallbackEvent,
): Promise<DeliveryResult> {
  const { order, type, timestamp } = event;
  const options = {
    activityId: buildDeliveryId(event),
    summary: `Deliver no. ${order}: ${type}`,
    scheduleToCloseTimeout: callbackTimeoutMs(Date.parse(timestamp), Date.now()),
  };
  try {
    const delivery = { url, id: `${signingRunId}-${order}`, event };
    const deliveredAt = await callbackDelivery.deliverCallback.executeWithOptions(options, [delivery]);
    return { status: { order, type, deliveredAt }, gone: false };
  } catch (error) {
    if (!(error instanceof ActivityFailure) || isCancellation(error)) throw error;
    return describeGivenUp(event, error.cause);
  }
}

const GONE: CallbackGone = 'CallbackGone';

function describeGivenUp({ order, type }: CallbackEvent, cause: Error | undefined): DeliveryResult {
  const lastFailure = findLastFailure(cause);
  const details = lastFailure?.details?.[0] as DeliveryFailureDetails | undefined;
  const gone = lastFailure?.type === GONE;
  const reason = lastFailure?.message ?? 'no attempt came to an end';
  if (!gone) countCallbackGivenUp(type);
  const failure = gone ? reason : `given up: ${reason}`;
  return { status: { order, type, attempt: details?.attempt ?? 1, failure, nextAttemptAt: null }, gone };
}

/** Where the time was up in the middle of an attempt, the failure of the one before it is its cause. */
function findLastFailure(cause: Error | undefined): ApplicationFailure | undefined {
  if (cause === undefined || cause instanceof ApplicationFailure) return cause;
  return findLastFailure(cause instanceof TemporalFailure ? cause.cause : undefined);
}

/** Where the callbacks of a session go. */
export interface CallbackTarget {
  readonly url: string;
  /** Of the session. */
  readonly workflowId: string;
  /** The session's first run: what other starts under the same id say is not its news. */
  readonly signingRunId: string;
}

/**
 * Tells a CRM what happens to one session, one event after the other: a later one would overtake, and the record in the
 * CRM end with an old state. Ends after the last event of the session, by 410, or when the session was terminated.
 * Returns how the last event has fared.
 */
export async function signingCallbacks(
  target: CallbackTarget,
  initialQueue: CallbackQueue,
): Promise<CallbackStatus | null> {
  let queue = initialQueue;
  let changesReceived = 0;
  const setQueue = (nextQueue: CallbackQueue): void => {
    queue = nextQueue;
    setCurrentDetails(renderCallbacksSummary(queue));
  };
  setHandler(statusChangeSignal, (signingRunId, statusChange) => {
    if (signingRunId !== target.signingRunId) return;
    changesReceived += 1;
    setQueue(enqueue(queue, statusChange));
  });
  setQueue(queue);

  while (!isDrained(queue)) {
    if (workflowInfo().continueAsNewSuggested) return continueInNewRun(target, queue);
    const [event] = queue.pending;
    if (event === undefined) {
      const receivedBefore = changesReceived;
      const reason = await waitForChangeOrReminder(target, queue, () => changesReceived > receivedBefore);
      // News that came at the same moment is no reason to remind anybody.
      if (reason === 'still-waiting' && changesReceived === receivedBefore)
        setQueue(enqueueReminder(queue, new Date().toISOString()));
      // What the session said before it ended has come before.
      if (reason === 'ended' && queue.pending.length === 0) break;
      continue;
    }
    const { status, gone } = await deliverEvent(target, event);
    setQueue(dequeue(queue, status));
    upsertMemo({ [CALLBACK_MEMO]: status });
    if (gone) break;
  }
  return queue.lastStatus;
}

/** In a fresh run, to which a memo is not passed on by itself. */
function continueInNewRun(target: CallbackTarget, queue: CallbackQueue): Promise<never> {
  const memo = { [CALLBACK_MEMO]: queue.lastStatus };
  return makeContinueAsNewFunc<typeof signingCallbacks>({ memo })(target, queue);
}

/** Waits for news, for a reminder to be due, or for the end of a session that says nothing any more. */
async function waitForChangeOrReminder(
  { workflowId }: CallbackTarget,
  queue: CallbackQueue,
  hasChanged: () => boolean,
): Promise<'news' | 'still-waiting' | 'ended'> {
  const isReminderWanted = isWaitingForPerson(queue);
  const summary = isReminderWanted ? 'Wait for news, or until a reminder is due' : 'Wait for news';
  const waitScope = new CancellationScope({ cancellable: true });
  try {
    return await waitScope.run(() =>
      Promise.race([
        reminder.waitForReminder.executeWithOptions({ summary }, [{ workflowId, isReminderWanted }]),
        condition(hasChanged).then(() => 'news' as const),
      ]),
    );
  } finally {
    waitScope.cancel();
  }
}
