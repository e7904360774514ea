import { allHandlersFinished, CancellationScope, condition, workflowInfo } from '@temporalio/workflow';
import { isMissing, type StepFailure } from '../domain/call-failure.js';
import { listQuestion, unlisted } from '../domain/list-question.js';
import { outcomeOf, waitingState, type Outcome } from '../domain/outcome.js';
import { withNews, type VendorDocument } from '../domain/vendor-document.js';
import { polling } from './policies.js';
import { ASKED_PAUSE, quickly } from './quickly.js';
import { contractSession, type Session } from './session.js';
import { isNonRetryable, stepFailure } from './step-failure.js';

/** Looks in a row that a tenant's list call, which has worked, may refuse as if it did not exist, before a human is asked. */
const MISSES = 3;

/** A wait and what it has met. */
interface Wait {
  readonly session: Session;
  misses: number;
}

/**
 * Waits for hand-over and signatures until the outcome is known, from the vendor's list or from a human's record.
 * `continues`: the history has grown so long, by thousands of hints, that the wait is to go on in a fresh run.
 */
export async function awaitCompletion(session: Session): Promise<Outcome | 'continues'> {
  const wait = { session, misses: 0 };
  for (let atOnce = await firstLook(wait); ;) {
    const { documents } = session.status();
    const outcome = recordedOutcome(session) ?? outcomeOf(documents);
    if (outcome !== undefined) return outcome;
    if (workflowInfo().continueAsNewSuggested && allHandlersFinished()) return 'continues';
    session.enter(waitingState(documents, session.handedOver));
    atOnce = await news(wait, atOnce);
    if (await askAboutList(wait)) atOnce = true;
  }
}

/** The look right after the steps before, which nearly always has news. Returns whether another is due at once. */
async function firstLook(wait: Wait): Promise<boolean> {
  const { session } = wait;
  if (session.listWorks === false) return true;
  const hinted = hintsFromNow(session);
  session.enter(waitingState(session.status().documents, session.handedOver));
  try {
    const request = { ...contractSession(session), listWorks: session.listWorks === true };
    const summary = 'First look at the documents';
    const listed = await quickly.listDocuments.executeWithOptions({ summary }, [request]);
    // A list can lag: what this one does not show yet, the next one is asked for.
    session.allListed = unlisted(session.status().documents, listed).length === 0;
    take(wait, listed);
    return hinted();
  } catch (error) {
    const { retryAfterMs = 0 } = stepFailure(error);
    if (isNonRetryable(error)) return afterFailedPoll(wait, error);
    if (retryAfterMs > 0) await condition(hinted, retryAfterMs, { summary: ASKED_PAUSE });
    return true;
  }
}

/**
 * Resolves when there may be something new: the list has changed, a hint has come or an outcome was recorded. Returns
 * whether the next look is due at once; after a change it is not, however quickly the vendor changes its mind.
 */
async function news(wait: Wait, atOnce: boolean): Promise<boolean> {
  const { session } = wait;
  const hinted = hintsFromNow(session);
  try {
    const patient = session.listWorks === false;
    const listed = await listedUnless(hinted, session, { atOnce, patient });
    session.listed = listed;
    if (listed !== undefined) take(wait, listed);
    return hinted();
  } catch (error) {
    return afterFailedPoll(wait, error);
  }
}

function hintsFromNow(session: Session): () => boolean {
  const seen = session.hints;
  return () => session.hints > seen || session.recorded !== undefined;
}

/** The list once it has news; `undefined` where a hint or a record is there first. */
async function listedUnless(
  hinted: () => boolean,
  session: Session,
  how: { readonly atOnce: boolean; readonly patient: boolean },
): Promise<VendorDocument[] | undefined> {
  const scope = new CancellationScope({ cancellable: true });
  try {
    return await scope.run(() => Promise.race([poll(session, how), condition(hinted).then(() => undefined)]));
  } finally {
    scope.cancel();
  }
}

function poll(
  session: Session,
  how: { readonly atOnce: boolean; readonly patient: boolean },
): Promise<VendorDocument[]> {
  const { documents, state } = session.status();
  const { question, allListed } = session;
  const listWorks = session.listWorks === true;
  const request = { ...contractSession(session), known: documents, listWorks, question, allListed, ...how };
  const summary = SUMMARIES[state] ?? 'Wait for the signature';
  return polling.pollDocuments.executeWithOptions({ summary }, [request]);
}

const SUMMARIES: Readonly<Record<string, string>> = {
  'awaiting-handover': 'Wait for the hand-over',
  'needs-attention': 'Wait for a look that succeeds',
};

function take(wait: Wait, listed: readonly VendorDocument[]): void {
  const { session } = wait;
  const { documents, state } = session.status();
  wait.misses = 0;
  session.listWorks = true;
  const next = state === 'awaiting-handover' || state === 'needs-attention' ? state : 'awaiting-signature';
  session.enter(next, { documents: withNews(documents, listed) });
}

/** Returns whether the next look is due at once. */
async function afterFailedPoll(wait: Wait, error: unknown): Promise<boolean> {
  const { session } = wait;
  const failure = stepFailure(error);
  if (failure.kind === 'CallMissing') {
    session.listWorks = false;
    const { documents } = session.status();
    session.enter(waitingState(documents, session.handedOver), { documents });
    return true;
  }
  if (mayPass(wait, failure)) return false;
  return askUntilMended(wait, failure.message, { patient: true, answers: () => true });
}

/** Whether a tenant that has the list call has answered as if it had not, and not yet too often. */
function mayPass(wait: Wait, { kind, status }: StepFailure): boolean {
  if (kind !== 'Refused' || !isMissing(status)) return false;
  wait.misses += 1;
  return wait.misses < MISSES;
}

/** Asks a human, once, what the last list leaves open. Returns whether it did and the next poll is due at once. */
async function askAboutList(wait: Wait): Promise<boolean> {
  const { session } = wait;
  const { listed } = session;
  if (listed === undefined) return false;
  const question = listQuestion(session.status().documents, listed, session.allListed);
  session.allListed = true;
  if (!session.isNewQuestion(question)) return false;
  const answers = (news: readonly VendorDocument[]): boolean => {
    const documents = withNews(session.status().documents, news);
    return listQuestion(documents, news, true) !== question || outcomeOf(documents) !== undefined;
  };
  return askUntilMended(wait, question, { patient: false, answers });
}
/** How a list can answer a question in a human's place. */
interface Mending {
  /** Whether every list is looked at; else only one that differs from what is known. */
  readonly patient: boolean;
  readonly answers: (listed: readonly VendorDocument[]) => boolean;
}

/**
 * Asks a human, and goes on polling: a list that answers the question closes it. Returns whether the next poll is due at
 * once.
 */
async function askUntilMended(wait: Wait, reason: string, mending: Mending): Promise<boolean> {
  const polling = new CancellationScope({ cancellable: true });
  const answered = wait.session.park('await-completion', reason, ['retry', 'abort']);
  let mended = false;
  polling
    .run(async () => {
      mended = await pollUntilMended(wait, mending);
    })
    // A question that no list can answer is still a human's.
    .catch(() => undefined);
  try {
    await answered;
    return !mended;
  } finally {
    polling.cancel();
  }
}

/** Polls until a list answers the question. Returns whether the question was still open then. */
async function pollUntilMended(wait: Wait, { patient, answers }: Mending): Promise<boolean> {
  const { session } = wait;
  for (let atOnce = false; ; atOnce = true) {
    const hinted = hintsFromNow(session);
    // A hint costs a handful of events, and a session that asks cannot go on in a fresh run.
    const worthIt = (): boolean => hinted() && !workflowInfo().continueAsNewSuggested;
    const listed = await listedUnless(worthIt, session, { atOnce, patient });
    if ((session.status().attention?.actions ?? []).length === 0) return false;
    if (listed === undefined) continue;
    const isAnswered = answers(listed);
    if (isAnswered) session.goOn();
    take(wait, listed);
    if (isAnswered) return true;
  }
}

/** A human's record, with its reason shown on every document that did not get that far. */
export function recordedOutcome(session: Session): Outcome | undefined {
  const { recorded } = session;
  if (recorded === undefined) return undefined;
  if (recorded.reason !== undefined && recorded.outcome !== 'completed') {
    for (const { name } of session.status().documents)
      session.learn(name, { failureReason: recorded.reason });
  }
  return recorded.outcome;
}
