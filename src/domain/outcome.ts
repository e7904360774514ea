import type { DocumentState } from './status.js';

/** The vendor's document statuses. Source: the page's next revision. An unknown one is kept and treated as not final. */
const FINISHED = 'FINISHED';
export const DELETED = 'DELETED';
export const FAILED = 'FAILED';
export const ATTACHED = 'ATTACHED';

/** How a signing can end at the vendor. */
export const OUTCOMES = ['completed', 'failed', 'withdrawn'] as const;
export type Outcome = (typeof OUTCOMES)[number];

type WithStatus = Pick<DocumentState, 'status'>;

/** The outcome once every document is FINISHED, DELETED or FAILED: any FAILED decides, then any FINISHED. */
export function outcomeOf(documents: readonly WithStatus[]): Outcome | undefined {
  const has = (status: string): boolean => documents.some((document) => document.status === status);
  const over = documents.every(
    ({ status }) => status === FINISHED || status === DELETED || status === FAILED,
  );
  if (documents.length === 0 || !over) return undefined;
  if (has(FAILED)) return 'failed';
  return has(FINISHED) ? 'completed' : 'withdrawn';
}

/** Handed over as soon as one document has left ATTACHED, since after the hand-over no document can be attached. */
export function isHandedOver(documents: readonly WithStatus[]): boolean {
  return documents.some(({ status }) => status !== null && status !== ATTACHED && status !== DELETED);
}

/** What a session that is not over waits for. */
export function waitingState(
  documents: readonly WithStatus[],
  handedOver: boolean,
): 'awaiting-handover' | 'awaiting-signature' {
  return handedOver || isHandedOver(documents) ? 'awaiting-signature' : 'awaiting-handover';
}
