import { DELETED, waitingState } from './outcome.js';
import type { SigningStatus } from './status.js';

/**
 * What stays at the vendor after the end, in one sentence without its full stop; `undefined` where no contract session is
 * known. `isKnown`: the vendor's list has just shown the documents.
 */
export function leftover(
  { sessionId, documents }: Pick<SigningStatus, 'sessionId' | 'documents'>,
  handedOver: boolean,
  isKnown: boolean,
): string | undefined {
  if (sessionId === null) return undefined;
  const attached = documents.filter(({ status }) => status !== null && status !== DELETED);
  const stays = `Contract session ${sessionId} stays at flexperto with ${attached.length} of ${documents.length} documents`;
  const isOpen = !isKnown || waitingState(documents, handedOver) === 'awaiting-signature';
  const consequence =
    attached.length === 0 ? '' : `, so the customer can still sign${isOpen ? '' : ' once it is handed over'}`;
  return `${stays}, since the API deletes nothing${consequence}. Delete it in the flexperto Dashboard`;
}
