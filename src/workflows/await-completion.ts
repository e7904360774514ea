import { allHandlersFinished, CancellationScope, condition, workflowInfo } from '@temporalio/workflow';
import { isMissing, type StepFailure } from '../domain/call-failure.js';
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
    take(wait, await quickly.listDocuments.executeWithOptions({ summary }, [request]));
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
  const listWorks = session.listWorks === true;
  const request = { ...contractSession(session), known: documents, listWorks, ...how };
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
  session.enter(state === 'awaiting-handover' ? state : 'awaiting-signature', {
    documents: withNews(documents, listed),
  });
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
  return askUntilMended(wait, failure.message);
}

/** Whether a tenant that has the list call has answered as if it had not, and not yet too often. */
function mayPass(wait: Wait, { kind, status }: StepFailure): boolean {
  if (kind !== 'Refused' || !isMissing(status)) return false;
  wait.misses += 1;
  return wait.misses < MISSES;
}

/** Asks a human, and goes on looking: a look that succeeds answers the question. */
async function askUntilMended(wait: Wait, reason: string): Promise<boolean> {
  const looking = new CancellationScope({ cancellable: true });
  const answered = wait.session.park('await-completion', reason, ['retry', 'abort']);
  let mended = false;
  looking
    .run(async () => {
      mended = await lookUntilMended(wait);
    })
    // A question that no look can answer is still a human's.
    .catch(() => undefined);
  try {
    await answered;
    return !mended;
  } finally {
    looking.cancel();
  }
}

/** Looks until a look succeeds. Returns whether the question was still open then. */
async function lookUntilMended(wait: Wait): Promise<boolean> {
  const { session } = wait;
  for (let atOnce = false; ; atOnce = true) {
    const hinted = hintsFromNow(session);
    // A hint costs a handful of events, and a session that asks cannot go on in a fresh run.
    const worthIt = (): boolean => hinted() && !workflowInfo().continueAsNewSuggested;
    const listed = await listedUnless(worthIt, session, { atOnce, patient: true });
    if ((session.status().attention?.actions ?? []).length === 0) return false;
    if (listed === undefined) continue;
    session.goOn();
    take(wait, listed);
    return true;
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
