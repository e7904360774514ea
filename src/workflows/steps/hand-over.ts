import { ATTACHED, determineOutcome, isHandedOver } from '../../domain/outcome.js';
import { type VendorDocument, mergeDocuments } from '../../domain/vendor-document.js';
import { nonIdempotent } from '../activity-proxies.js';
import { type Reconciliation, executeAtMostOnce } from '../at-most-once.js';
import { reconcileWithList } from '../reconcile-with-list.js';
import { type Signing, getContractSession } from '../signing.js';

/**
 * Hands the contract session over, once. The list of documents shows the effect: any entry past ATTACHED, whichever
 * document it is, or all documents in a final status, so that nothing is left to be handed over.
 */
export async function handOver(signing: Signing): Promise<void> {
  await executeAtMostOnce<null>(signing, {
    step: 'hand-over',
    execute: async (safeRunId) => {
      await nonIdempotent.handOverSession.executeWithOptions({ summary: 'Hand the contract session over' }, [
        getContractSession(signing),
        safeRunId,
      ]);
      return null;
    },
    reconcile: (failure) =>
      reconcileWithList(signing, 'hand-over', failure, (listed) => reconcileHandOver(signing, listed)),
    adoptResult: () => null,
  });
  signing.handedOver = true;
}

/** Only a document in the status ATTACHED proves that the hand-over had no effect. */
function reconcileHandOver(signing: Signing, listed: VendorDocument[]): Reconciliation<null> {
  const documents = mergeDocuments(signing.status().documents, listed);
  if (isHandedOver(listed) || isHandedOver(documents) || determineOutcome(documents) !== undefined)
    return { result: null };
  return listed.some(({ status }) => status === ATTACHED) ? 'did-not-take-effect' : 'unknown';
}
