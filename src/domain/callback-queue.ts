import type { CallbackData, CallbackEvent, CallbackType, StatusChange } from './callback-event.js';
import { isFinal } from './status.js';

/**
 * The status of the newest callback that was attempted: delivered, or failed so far. `nextAttemptAt` is null while an
 * attempt runs and after the last one. Times are ISO 8601 in UTC.
 */
export type CallbackStatus =
  | { readonly order: number; readonly type: CallbackType; readonly deliveredAt: string }
  | {
      readonly order: number;
      readonly type: CallbackType;
      readonly attempt: number;
      /** One sentence, without the address and without the CRM's response but for its status. */
      readonly failure: string;
      readonly nextAttemptAt: string | null;
    };

/** The callbacks of one signing. */
export interface CallbackQueue {
  /** The number of the newest event. */
  readonly order: number;
  /** Neither delivered nor given up, the oldest first. */
  readonly pending: readonly CallbackEvent[];
  /** The signing after its newest change. */
  readonly data: CallbackData;
  /** The status of the event before the first one in `pending`; null where there was none. */
  readonly lastStatus: CallbackStatus | null;
}

/** The queue of a signing with its first change. */
export function createQueue(change: StatusChange): CallbackQueue {
  return enqueue({ order: 0, pending: [], data: change.data, lastStatus: null }, change);
}

/** Numbers the events of a change and appends them. */
export function enqueue(queue: CallbackQueue, { at, events, data }: StatusChange): CallbackQueue {
  const numbered = events.map(({ type, document }, index) => ({
    type,
    timestamp: at,
    order: queue.order + 1 + index,
    data: document === undefined ? data : { ...data, document },
  }));
  return {
    ...queue,
    order: queue.order + numbered.length,
    pending: [...queue.pending, ...numbered],
    data,
  };
}

/** Appends a reminder that the signing is still waiting. */
export function enqueueReminder(queue: CallbackQueue, at: string): CallbackQueue {
  return enqueue(queue, { at, events: [{ type: 'signing.still-waiting' }], data: queue.data });
}

/** Removes the first event and keeps its status. */
export function dequeue(queue: CallbackQueue, lastStatus: CallbackStatus): CallbackQueue {
  return { ...queue, pending: queue.pending.slice(1), lastStatus };
}

/** Whether the signing waits for a person, whom a reminder can reach. */
export function isWaitingForPerson({ data: { state } }: CallbackQueue): boolean {
  return state === 'needs-attention' || state === 'awaiting-handover' || state === 'awaiting-signature';
}

/** Whether the signing has ended and all its callbacks are done. */
export function isDrained({ pending, data: { state } }: CallbackQueue): boolean {
  return pending.length === 0 && isFinal(state);
}
