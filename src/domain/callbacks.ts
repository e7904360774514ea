import { FAILED } from './outcome.js';
import { isFinal } from './status.js';
import type { Action, DocumentState, SigningState, SigningStatus, Step } from './status.js';

/** The callback types, as a callback's body names them. */
export const CALLBACK_TYPES = [
  'signing.awaiting-handover', 'signing.awaiting-signature', 'signing.document-failed', 'signing.needs-attention',
  'signing.still-waiting', 'signing.completed', 'signing.failed', 'signing.withdrawn', 'signing.expired',
  'signing.cancelled', 'signing.rejected',
] as const; // prettier-ignore
export type CallbackType = (typeof CALLBACK_TYPES)[number];

/**
 * A signing as a callback shows it. It holds no personal data, and no name or reason, since a person may have written some
 * into it: an authorized caller reads those in the status.
 */
export interface CallbackData {
  readonly requestId: string;
  readonly crmRecord: string | null;
  readonly sessionId: number | null;
  readonly state: SigningState;
  readonly deadline: string;
  /** Only in `needs-attention`; a decision names the `id`. */
  readonly attention?: { readonly id: string; readonly step: Step; readonly actions: readonly Action[] };
}

/** The document of a `signing.document-failed`: its index in the request, from 0, and the vendor's id. */
export interface FailedDocument {
  readonly index: number;
  readonly documentId: number | null;
}

/** The body of a callback. `timestamp` is when it happened, ISO 8601 in UTC; `order` grows by one with each event of a signing. */
export interface CallbackEvent {
  readonly type: CallbackType;
  readonly timestamp: string;
  readonly order: number;
  readonly data: CallbackData & { readonly document?: FailedDocument };
}

/** A change of a signing's status for a CRM: its events, often none, and the signing after the change. */
export interface StatusChange {
  readonly at: string;
  readonly events: readonly { readonly type: CallbackType; readonly document?: FailedDocument }[];
  readonly data: CallbackData;
}

const TYPE_BY_STATE: Partial<Record<SigningState, CallbackType>> = {
  'awaiting-handover': 'signing.awaiting-handover',
  'awaiting-signature': 'signing.awaiting-signature',
  'needs-attention': 'signing.needs-attention',
  completed: 'signing.completed',
  failed: 'signing.failed',
  withdrawn: 'signing.withdrawn',
  expired: 'signing.expired',
  cancelled: 'signing.cancelled',
};

/**
 * The change for the CRM between two statuses; `undefined` where nothing concerns it. `rejected`: the signing ends because
 * of an error in the request. When the signing needs no decision any more, the change has no event; it ends the reminders.
 */
export function detectStatusChange(
  before: SigningStatus,
  after: SigningStatus,
  rejected = false,
): StatusChange | undefined {
  const events = [
    ...createFailureEvents(before.documents, after.documents),
    ...createStateEvents(before, after, rejected),
  ];
  const isAttentionOver = before.state === 'needs-attention' && after.state !== 'needs-attention';
  return events.length > 0 || isAttentionOver
    ? { at: after.updatedAt, events, data: createCallbackData(after) }
    : undefined;
}

function createStateEvents(
  before: SigningStatus,
  after: SigningStatus,
  rejected: boolean,
): StatusChange['events'] {
  const type = rejected ? 'signing.rejected' : TYPE_BY_STATE[after.state];
  return before.state === after.state || type === undefined ? [] : [{ type }];
}

function createFailureEvents(
  before: readonly DocumentState[],
  after: readonly DocumentState[],
): StatusChange['events'] {
  return after.flatMap(({ status, documentId }, index) =>
    status === FAILED && before[index]?.status !== FAILED
      ? [{ type: 'signing.document-failed' as const, document: { index, documentId } }]
      : [],
  );
}

function createCallbackData({
  requestId,
  crmRecord,
  sessionId,
  state,
  deadline,
  attention,
}: SigningStatus): CallbackData {
  const data = { requestId, crmRecord, sessionId, state, deadline };
  if (state !== 'needs-attention' || attention === null) return data;
  const { id, step, actions } = attention;
  return { ...data, attention: { id, step, actions } };
}

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
