import type { CallbackEvent, CallbackFacts, CallbackNews, CallbackType } from './callback-event.js';
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
  readonly waiting: readonly CallbackEvent[];
  /** How the session was when it was last heard of. */
  readonly facts: CallbackFacts;
  /** How the event before the first one in `waiting` has fared; null where there was none. */
  readonly last: CallbackStatus | null;
}

/** The callbacks of a session that is heard of for the first time. */
export function openQueue(news: CallbackNews): CallbackQueue {
  return take({ order: 0, waiting: [], facts: news.facts, last: null }, news);
}

/** Takes news in: numbers its events and lines them up. */
export function take(queue: CallbackQueue, { at, events, facts }: CallbackNews): CallbackQueue {
  const numbered = events.map(({ type, document }, index) => ({
    type,
    timestamp: at,
    order: queue.order + 1 + index,
    data: document === undefined ? facts : { ...facts, document },
  }));
  return {
    ...queue,
    order: queue.order + numbered.length,
    waiting: [...queue.waiting, ...numbered],
    facts,
  };
}

/** Lines up the reminder that nothing has happened. */
export function remind(queue: CallbackQueue, at: string): CallbackQueue {
  return take(queue, { at, events: [{ type: 'signing.still-waiting' }], facts: queue.facts });
}

/** Takes the first event out, with how it has fared. */
export function conclude(queue: CallbackQueue, last: CallbackStatus): CallbackQueue {
  return { ...queue, waiting: queue.waiting.slice(1), last };
}

/** Whether the session waits for somebody, who can be reminded. */
export function waitsForSomebody({ facts: { state } }: CallbackQueue): boolean {
  return state === 'needs-attention' || state === 'awaiting-handover' || state === 'awaiting-signature';
}

/** Whether nothing more will come. */
export function isOver({ waiting, facts: { state } }: CallbackQueue): boolean {
  return waiting.length === 0 && isFinal(state);
}
