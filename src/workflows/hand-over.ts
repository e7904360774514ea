import { ATTACHED, isHandedOver, outcomeOf } from '../domain/outcome.js';
import { withNews, type VendorDocument } from '../domain/vendor-document.js';
import { exactlyOnce, type Settled } from './exactly-once.js';
import { settleByList } from './list.js';
import { oneAttempt } from './policies.js';
import { contractSession, type Session } from './session.js';

/**
 * Hands the contract session over, once. An unclear answer is settled by the list: any entry past ATTACHED, whichever
 * document it is, or all documents at their end, so that nothing is left to be handed over.
 */
export async function handOver(session: Session): Promise<void> {
  await exactlyOnce<null>(session, {
    step: 'hand-over',
    make: async (knownRun) => {
      await oneAttempt.handOverSession.executeWithOptions({ summary: 'Hand the session over' }, [
        contractSession(session),
        knownRun,
      ]);
      return null;
    },
    settle: (failure) => settleByList(session, 'hand-over', failure, (listed) => settled(session, listed)),
    adopted: () => null,
  });
  session.handedOver = true;
}

/** Only a list that shows a document as ATTACHED says that there is something left to be handed over. */
function settled(session: Session, listed: VendorDocument[]): Settled<null> {
  const documents = withNews(session.status().documents, listed);
  if (isHandedOver(listed) || isHandedOver(documents) || outcomeOf(documents) !== undefined)
    return { happened: null };
  return listed.some(({ status }) => status === ATTACHED) ? 'did-not-happen' : 'cannot-be-known';
}
