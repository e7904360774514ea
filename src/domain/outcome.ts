import type { DocumentState, SigningStatus } from './status.js';

/**
 * What stays at the vendor after the end of the signing, in a sentence without its full stop; `undefined` where no contract
 * session is known. `isListCurrent`: the vendor's list has just shown the documents.
 */
export function describeLeftovers(
  { sessionId, documents }: Pick<SigningStatus, 'sessionId' | 'documents'>,
  handedOver: boolean,
  isListCurrent: boolean,
): string | undefined {
  if (sessionId === null) return undefined;
  const attached = documents.filter(({ status }) => status !== null && status !== DELETED);
  const summary = `Contract session ${sessionId} stays at flexperto with ${attached.length} of ${documents.length} documents`;
  const isSignable = !isListCurrent || determineWaitingState(documents, handedOver) === 'awaiting-signature';
  const consequence =
    attached.length === 0
      ? ''
      : `, so the customer can still sign${isSignable ? '' : ' once it is handed over'}`;
  return `${summary}, since the API deletes nothing${consequence}. Delete it in the flexperto Dashboard`;
}

/** The vendor's document statuses. Source: the next revision of its page. An unknown status is kept and is not final. */
const FINISHED = 'FINISHED';
export const DELETED = 'DELETED';
export const FAILED = 'FAILED';
export const ATTACHED = 'ATTACHED';

/** How a signing can end at the vendor. */
export const OUTCOMES = ['completed', 'failed', 'withdrawn'] as const;
export type Outcome = (typeof OUTCOMES)[number];

type WithStatus = Pick<DocumentState, 'status'>;

/** The outcome once every document is FINISHED, DELETED or FAILED: one FAILED decides, else one FINISHED. */
export function determineOutcome(documents: readonly WithStatus[]): Outcome | undefined {
  const has = (status: string): boolean => documents.some((document) => document.status === status);
  const isOver = documents.every(
    ({ status }) => status === FINISHED || status === DELETED || status === FAILED,
  );
  if (documents.length === 0 || !isOver) return undefined;
  if (has(FAILED)) return 'failed';
  return has(FINISHED) ? 'completed' : 'withdrawn';
}

/** Whether one document has left ATTACHED: this happens only after the hand-over. */
export function isHandedOver(documents: readonly WithStatus[]): boolean {
  return documents.some(({ status }) => status !== null && status !== ATTACHED && status !== DELETED);
}

/** What a signing waits for until it ends. */
export function determineWaitingState(
  documents: readonly WithStatus[],
  handedOver: boolean,
): 'awaiting-handover' | 'awaiting-signature' {
  return handedOver || isHandedOver(documents) ? 'awaiting-signature' : 'awaiting-handover';
}
