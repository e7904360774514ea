import { allHandlersFinished, CancellationScope, condition, workflowInfo } from '@temporalio/workflow';
import { listQuestion, unlisted } from '../domain/list-question.js';
import { outcomeOf, waitingState, type Outcome } from '../domain/outcome.js';
import { withNews, type VendorDocument } from '../domain/vendor-document.js';
import { polling } from './policies.js';
import { ASKED_PAUSE, quickly } from './quickly.js';
import { contractSession, type Session } from './session.js';
import { isNonRetryable, stepFailure } from './step-failure.js';

/**
 * Waits for hand-over and signatures until the outcome is known, from the vendor's list or from a human's record.
 * `continues`: the history has grown so long, by thousands of hints, that the wait is to go on in a fresh run.
 */
export async function awaitCompletion(session: Session): Promise<Outcome | 'continues'> {
  for (let atOnce = await firstLook(session); ;) {
    const { documents } = session.status();
    const outcome = recordedOutcome(session) ?? outcomeOf(documents);
    if (outcome !== undefined) return outcome;
    if (workflowInfo().continueAsNewSuggested && allHandlersFinished()) return 'continues';
    session.enter(waitingState(documents, session.handedOver));
    atOnce = await news(session, atOnce);
    if (await askAboutList(session)) atOnce = true;
  }
}

/** The look right after the steps before, which nearly always has news. Returns whether another is due at once. */
async function firstLook(session: Session): Promise<boolean> {
  if (session.listWorks === false) return true;
  const hinted = hintsFromNow(session);
  session.enter(waitingState(session.status().documents, session.handedOver));
  try {
    const request = { ...contractSession(session), listWorks: session.listWorks === true };
    const summary = 'First look at the documents';
    const listed = await quickly.listDocuments.executeWithOptions({ summary }, [request]);
    // A list can lag: what this one does not show yet, the next one is asked for.
    session.allListed = unlisted(session.status().documents, listed).length === 0;
    take(session, listed);
    return hinted();
  } catch (error) {
    const { retryAfterMs = 0 } = stepFailure(error);
    if (isNonRetryable(error)) await afterFailedPoll(session, error);
    else if (retryAfterMs > 0) await condition(hinted, retryAfterMs, { summary: ASKED_PAUSE });
    return true;
  }
}

/**
 * Resolves when there may be something new: the list has changed, a hint has come or an outcome was recorded. Returns
 * whether the next look is due at once; after a change it is not, however quickly the vendor changes its mind.
 */
async function news(session: Session, atOnce: boolean): Promise<boolean> {
  const hinted = hintsFromNow(session);
  if (session.listWorks === false) {
    await condition(hinted);
    session.listWorks = undefined;
    return true;
  }
  const wait = new CancellationScope({ cancellable: true });
  try {
    await wait.run(() => Promise.race([poll(session, atOnce), condition(hinted)]));
    return hinted();
  } catch (error) {
    await afterFailedPoll(session, error);
    return true;
  } finally {
    wait.cancel();
  }
}

function hintsFromNow(session: Session): () => boolean {
  const seen = session.hints;
  return () => session.hints > seen || session.recorded !== undefined;
}

async function poll(session: Session, atOnce: boolean): Promise<void> {
  const { documents, state } = session.status();
  const request = {
    ...contractSession(session),
    known: documents,
    listWorks: session.listWorks === true,
    question: session.question,
    allListed: session.allListed,
    atOnce,
  };
  const summary = state === 'awaiting-handover' ? 'Wait for the hand-over' : 'Wait for the signature';
  session.listed = await polling.pollDocuments.executeWithOptions({ summary }, [request]);
  take(session, session.listed);
}

/** Asks a human, once, what the last list leaves open. Returns whether it did, so that the next look is due at once. */
async function askAboutList(session: Session): Promise<boolean> {
  const { listed } = session;
  if (listed === undefined) return false;
  const question = listQuestion(session.status().documents, listed, session.allListed);
  session.allListed = true;
  if (!session.isNewQuestion(question)) return false;
  await session.park('await-completion', question, ['retry', 'abort']);
  return true;
}

function take(session: Session, listed: readonly VendorDocument[]): void {
  const { documents, state } = session.status();
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
