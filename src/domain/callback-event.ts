import { FAILED } from './outcome.js';
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
