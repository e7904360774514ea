import { isHandedOver, outcomeOf } from '../domain/outcome.js';
import { withNews } from '../domain/vendor-document.js';
import { exactlyOnce } from './exactly-once.js';
import { settleByList } from './list.js';
import { oneAttempt } from './policies.js';
import { contractSession, type Session } from './session.js';

/**
 * Hands the contract session over, once. An unclear answer is settled by the list: a document past ATTACHED, or all of them
 * at their end, so that nothing is left to be handed over.
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
    settle: () =>
      settleByList(session, 'hand-over', (listed) => {
        const documents = withNews(session.status().documents, listed);
        const over = isHandedOver(documents) || outcomeOf(documents) !== undefined;
        return over ? { happened: null } : 'did-not-happen';
      }),
    adopted: () => null,
  });
  session.handedOver = true;
}
