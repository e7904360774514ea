import type { CallbackEvent, CallbackData, StatusChange, CallbackType } from './callback-event.js';
import { isFinal } from './status.js';

/**
 * How the newest callback that was tried has fared: delivered, or not (yet). `nextAttemptAt` is null while an attempt
 * runs and when there will be none. Times are ISO 8601 in UTC.
 */
export type CallbackStatus =
  | { readonly order: number; readonly type: CallbackType; readonly deliveredAt: string }
  | {
      readonly order: number;
      readonly type: CallbackType;
      readonly attempt: number;
      /** One sentence; nothing of the address and nothing that the CRM has said but its status. */
      readonly failure: string;
      readonly nextAttemptAt: string | null;
    };

/** The callbacks of one session. */
export interface CallbackQueue {
  /** The number of the newest event. */
  readonly order: number;
  /** Not yet delivered or given up, the oldest first. */
  readonly pending: readonly CallbackEvent[];
  /** How the session was when it was last heard of. */
  readonly data: CallbackData;
  /** How the event before the first one in `waiting` has fared; null where there was none. */
  readonly lastStatus: CallbackStatus | null;
}

/** The callbacks of a session that is heard of for the first time. */
export function createQueue(change: StatusChange): CallbackQueue {
  return enqueue({ order: 0, pending: [], data: change.data, lastStatus: null }, change);
}

/** Takes news in: numbers its events and lines them up. */
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

/** Lines up the reminder that nothing has happened. */
export function enqueueReminder(queue: CallbackQueue, at: string): CallbackQueue {
  return enqueue(queue, { at, events: [{ type: 'signing.still-waiting' }], data: queue.data });
}

/** Takes the first event out, with how it has fared. */
export function dequeue(queue: CallbackQueue, lastStatus: CallbackStatus): CallbackQueue {
  return { ...queue, pending: queue.pending.slice(1), lastStatus };
}

/** Whether the session waits for somebody, who can be reminded. */
export function isWaitingForPerson({ data: { state } }: CallbackQueue): boolean {
  return state === 'needs-attention' || state === 'awaiting-handover' || state === 'awaiting-signature';
}

/** Whether nothing more will come. */
export function isDrained({ pending, data: { state } }: CallbackQueue): boolean {
  return pending.length === 0 && isFinal(state);
}
