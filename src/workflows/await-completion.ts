import { CancellationScope, condition } from '@temporalio/workflow';
import { outcomeOf, waitingState, type Outcome } from '../domain/outcome.js';
import { withNews } from '../domain/vendor-document.js';
import { polling } from './policies.js';
import type { Session } from './session.js';
import { stepFailure } from './step-failure.js';

/** Waits for hand-over and signatures until the outcome is known, from the vendor's list or from a human's record. */
export async function awaitCompletion(session: Session): Promise<Outcome> {
  for (;;) {
    const { documents } = session.status();
    const outcome = recordedOutcome(session) ?? outcomeOf(documents);
    if (outcome !== undefined) return outcome;
    session.enter(waitingState(documents, session.handedOver));
    await news(session);
  }
}

/** Resolves when there may be something new: the list has changed, a hint has come or an outcome was recorded. */
async function news(session: Session): Promise<void> {
  const seen = session.hints;
  const hinted = (): boolean => session.hints > seen || session.recorded !== undefined;
  if (session.listWorks === false) {
    await condition(hinted);
    session.listWorks = undefined;
    return;
  }
  const wait = new CancellationScope({ cancellable: true });
  try {
    await wait.run(() => Promise.race([poll(session), condition(hinted)]));
  } catch (error) {
    await afterFailedPoll(session, error);
  } finally {
    wait.cancel();
  }
}

async function poll(session: Session): Promise<void> {
  const { employeeId } = session.request;
  const { sessionId, documents, state } = session.status();
  const request = {
    employeeId,
    sessionId: sessionId ?? 0,
    known: documents,
    listWorks: session.listWorks === true,
  };
  const summary = state === 'awaiting-handover' ? 'Wait for the hand-over' : 'Wait for the signature';
  const listed = await polling.pollDocuments.executeWithOptions({ summary }, [request]);
  session.listWorks = true;
  session.enter(state === 'awaiting-handover' ? state : 'awaiting-signature', {
    documents: withNews(documents, listed),
  });
}

/** Without the list call the wait is for a human's record; anything else that was refused needs one now. */
async function afterFailedPoll(session: Session, error: unknown): Promise<void> {
  const failure = stepFailure(error);
  if (failure.kind === 'CallMissing') session.listWorks = false;
  else await session.park('await-completion', failure.message, ['retry', 'abort']);
}

/** A human's record, with its reason shown on every document that did not get that far. */
function recordedOutcome(session: Session): Outcome | undefined {
  const { recorded } = session;
  if (recorded === undefined) return undefined;
  if (recorded.reason !== undefined && recorded.outcome !== 'completed') {
    for (const { name } of session.status().documents)
      session.learn(name, { failureReason: recorded.reason });
  }
  return recorded.outcome;
}
