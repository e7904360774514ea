import {
  ActivityFailure,
  ApplicationFailure,
  CancellationScope,
  TemporalFailure,
  condition,
  isCancellation,
  makeContinueAsNewFunc,
  setCurrentDetails,
  setHandler,
  upsertMemo,
  workflowInfo,
} from '@temporalio/workflow';
import type { CallbackGone, DeliveryFailureDetails } from '../../activities/callbacks.js';
import type { CallbackEvent, CallbackQueue, CallbackStatus } from '../../domain/callbacks.js';
import { dequeue, enqueue, enqueueReminder, isDrained, isWaitingForPerson } from '../../domain/callbacks.js';
import { buildDeliveryId } from '../../domain/workflow-id.js';
import { callbackDelivery, reminder } from '../activity-proxies.js';
import { CALLBACK_MEMO, statusChangeSignal } from '../messages.js';
import { countCallbackGivenUp } from '../metrics.js';
import { callbackTimeoutMs } from '../retry-policies.js';
import { renderCallbacksSummary } from '../ui-summary.js';

/** The end of a delivery. `gone`: the CRM wants no more callbacks. */
export interface DeliveryResult {
  readonly status: CallbackStatus;
  readonly gone: boolean;
}

/** Delivers one event, or gives it up after three days. */
async function deliverEvent(
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
  const reason = lastFailure?.message ?? 'no attempt has ended';
  if (!gone) countCallbackGivenUp(type);
  const failure = gone ? reason : `given up: ${reason}`;
  return { status: { order, type, attempt: details?.attempt ?? 1, failure, nextAttemptAt: null }, gone };
}

/** If the time is up during an attempt, the cause of the failure is that of the attempt before. */
function findLastFailure(cause: Error | undefined): ApplicationFailure | undefined {
  if (cause === undefined || cause instanceof ApplicationFailure) return cause;
  return findLastFailure(cause instanceof TemporalFailure ? cause.cause : undefined);
}

/** Where the callbacks of a signing go. */
export interface CallbackTarget {
  readonly url: string;
  /** Of the signing. */
  readonly workflowId: string;
  /** The signing's first run; changes of other starts under the same id are ignored. */
  readonly signingRunId: string;
}

/**
 * Notifies a CRM of each change of one signing, one event after the other, so that none overtakes another and the record
 * in the CRM ends with the last state. Ends after the signing's last event, after a 410, or when the signing was
 * terminated. Returns the result of the last delivery.
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
      // A change that came at the same moment needs no reminder.
      if (reason === 'reminder-due' && changesReceived === receivedBefore)
        setQueue(enqueueReminder(queue, new Date().toISOString()));
      // The changes before the end have arrived by now.
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

/** The server does not pass the memo on to the next run. */
function continueInNewRun(target: CallbackTarget, queue: CallbackQueue): Promise<never> {
  const memo = { [CALLBACK_MEMO]: queue.lastStatus };
  return makeContinueAsNewFunc<typeof signingCallbacks>({ memo })(target, queue);
}

/** Waits for a change, until a reminder is due, or until a terminated signing turns out to have ended. */
async function waitForChangeOrReminder(
  { workflowId }: CallbackTarget,
  queue: CallbackQueue,
  hasChanged: () => boolean,
): Promise<'changed' | 'reminder-due' | 'ended'> {
  const isReminderWanted = isWaitingForPerson(queue);
  const summary = isReminderWanted ? 'Wait for a change, or until a reminder is due' : 'Wait for a change';
  const waitScope = new CancellationScope({ cancellable: true });
  try {
    return await waitScope.run(() =>
      Promise.race([
        reminder.waitForReminder.executeWithOptions({ summary }, [{ workflowId, isReminderWanted }]),
        condition(hasChanged).then(() => 'changed' as const),
      ]),
    );
  } finally {
    waitScope.cancel();
  }
}
