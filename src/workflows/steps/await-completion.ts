import { allHandlersFinished, CancellationScope, condition, workflowInfo } from '@temporalio/workflow';
import { isUnsupportedStatus, type StepFailure } from '../../domain/call-failure.js';
import { findDiscrepancy, findUnlisted } from '../../domain/list-discrepancy.js';
import { determineOutcome, determineWaitingState, type Outcome } from '../../domain/outcome.js';
import { mergeDocuments, type VendorDocument } from '../../domain/vendor-document.js';
import { polling, RETRY_AFTER_PAUSE, local } from '../activity-proxies.js';
import { POLL_MAX_UNSUPPORTED_RESPONSES } from '../retry-policies.js';
import { getContractSession, type Signing } from '../signing.js';
import { isNonRetryable, toStepFailure } from '../step-failure.js';

/** A wait and what it has met. */
interface Wait {
  readonly signing: Signing;
  unsupportedResponses: number;
}

/**
 * Waits for hand-over and signatures until the outcome is known, from the vendor's list or from a human's record.
 * `continue-as-new`: the history has grown so long, by thousands of hints, that the wait is to go on in a fresh run.
 */
export async function awaitCompletion(signing: Signing): Promise<Outcome | 'continue-as-new'> {
  const wait = { signing, unsupportedResponses: 0 };
  for (let pollImmediately = await pollOnce(wait); ;) {
    const { documents } = signing.status();
    const outcome = applyRecordedOutcome(signing) ?? determineOutcome(documents);
    if (outcome !== undefined) return outcome;
    if (workflowInfo().continueAsNewSuggested && allHandlersFinished()) return 'continue-as-new';
    signing.transitionTo(determineWaitingState(documents, signing.handedOver));
    pollImmediately = await waitForChange(wait, pollImmediately);
    if (await askAboutDiscrepancy(wait)) pollImmediately = true;
  }
}

/** The look right after the steps before, which nearly always has news. Returns whether another is due at once. */
async function pollOnce(wait: Wait): Promise<boolean> {
  const { signing } = wait;
  if (signing.listWorks === false) return true;
  const pollRequested = trackPollRequests(signing);
  signing.transitionTo(determineWaitingState(signing.status().documents, signing.handedOver));
  try {
    const request = { ...getContractSession(signing), listWorks: signing.listWorks === true };
    const summary = 'First look at the documents';
    const listed = await local.listDocuments.executeWithOptions({ summary }, [request]);
    // A list can lag: what this one does not show yet, the next one is asked for.
    signing.allListed = findUnlisted(signing.status().documents, listed).length === 0;
    applyPoll(wait, listed);
    return pollRequested();
  } catch (error) {
    const { retryAfterMs = 0 } = toStepFailure(error);
    if (isNonRetryable(error)) return handleFailedPoll(wait, error);
    if (retryAfterMs > 0) await condition(pollRequested, retryAfterMs, { summary: RETRY_AFTER_PAUSE });
    return true;
  }
}

/**
 * Resolves when there may be something new: the list has changed, a hint has come or an outcome was recorded. Returns
 * whether the next look is due at once; after a change it is not, however quickly the vendor changes its mind.
 */
async function waitForChange(wait: Wait, pollImmediately: boolean): Promise<boolean> {
  const { signing } = wait;
  const pollRequested = trackPollRequests(signing);
  try {
    const toleratesFailures = signing.listWorks === false;
    const listed = await pollUnlessRequested(pollRequested, signing, {
      pollImmediately,
      toleratesFailures,
    });
    signing.lastListed = listed;
    if (listed !== undefined) applyPoll(wait, listed);
    return pollRequested();
  } catch (error) {
    return handleFailedPoll(wait, error);
  }
}

function trackPollRequests(signing: Signing): () => boolean {
  const countBefore = signing.pollRequests;
  return () => signing.pollRequests > countBefore || signing.recordedOutcome !== undefined;
}

/** The list once it has news; `undefined` where a hint or a record is there first. */
async function pollUnlessRequested(
  pollRequested: () => boolean,
  signing: Signing,
  options: { readonly pollImmediately: boolean; readonly toleratesFailures: boolean },
): Promise<VendorDocument[] | undefined> {
  const scope = new CancellationScope({ cancellable: true });
  try {
    return await scope.run(() =>
      Promise.race([poll(signing, options), condition(pollRequested).then(() => undefined)]),
    );
  } finally {
    scope.cancel();
  }
}

function poll(
  signing: Signing,
  options: { readonly pollImmediately: boolean; readonly toleratesFailures: boolean },
): Promise<VendorDocument[]> {
  const { documents, state } = signing.status();
  const { reportedDiscrepancy, allListed } = signing;
  const listWorks = signing.listWorks === true;
  const request = {
    ...getContractSession(signing),
    knownDocuments: documents,
    listWorks,
    reportedDiscrepancy,
    allListed,
    ...options,
  };
  const summary = SUMMARIES[state] ?? 'Wait for the signature';
  return polling.pollDocuments.executeWithOptions({ summary }, [request]);
}

const SUMMARIES: Readonly<Record<string, string>> = {
  'awaiting-handover': 'Wait for the hand-over',
  'needs-attention': 'Wait for a look that succeeds',
};

function applyPoll(wait: Wait, listed: readonly VendorDocument[]): void {
  const { signing } = wait;
  const { documents, state } = signing.status();
  wait.unsupportedResponses = 0;
  signing.listWorks = true;
  const nextState =
    state === 'awaiting-handover' || state === 'needs-attention' ? state : 'awaiting-signature';
  signing.transitionTo(nextState, { documents: mergeDocuments(documents, listed) });
}

/** Returns whether the next look is due at once. */
async function handleFailedPoll(wait: Wait, error: unknown): Promise<boolean> {
  const { signing } = wait;
  const failure = toStepFailure(error);
  if (failure.kind === 'CallNotSupported') {
    signing.listWorks = false;
    const { documents } = signing.status();
    signing.transitionTo(determineWaitingState(documents, signing.handedOver), { documents });
    return true;
  }
  if (isLikelyTransient(wait, failure)) return false;
  return askWhilePolling(wait, failure.message, { toleratesFailures: true, isResolvedBy: () => true });
}

/** Whether a tenant that has the list call has answered as if it had not, and not yet too often. */
function isLikelyTransient(wait: Wait, { kind, status }: StepFailure): boolean {
  if (kind !== 'Refused' || !isUnsupportedStatus(status)) return false;
  wait.unsupportedResponses += 1;
  return wait.unsupportedResponses < POLL_MAX_UNSUPPORTED_RESPONSES;
}

/** Asks a human, once, what the last list leaves open. Returns whether it did and the next poll is due at once. */
async function askAboutDiscrepancy(wait: Wait): Promise<boolean> {
  const { signing } = wait;
  const { lastListed } = signing;
  if (lastListed === undefined) return false;
  const discrepancy = findDiscrepancy(signing.status().documents, lastListed, signing.allListed);
  signing.allListed = true;
  if (!signing.isNewDiscrepancy(discrepancy)) return false;
  const isResolvedBy = (newList: readonly VendorDocument[]): boolean => {
    const documents = mergeDocuments(signing.status().documents, newList);
    return (
      findDiscrepancy(documents, newList, true) !== discrepancy || determineOutcome(documents) !== undefined
    );
  };
  return askWhilePolling(wait, discrepancy, { toleratesFailures: false, isResolvedBy });
}
/** How a list can answer a question in a human's place. */
interface ListResolution {
  /** Whether every list is looked at; else only one that differs from what is known. */
  readonly toleratesFailures: boolean;
  readonly isResolvedBy: (listed: readonly VendorDocument[]) => boolean;
}

/**
 * Asks a human, and goes on polling: a list that answers the question closes it. Returns whether the next poll is due at
 * once.
 */
async function askWhilePolling(wait: Wait, reason: string, resolution: ListResolution): Promise<boolean> {
  const pollScope = new CancellationScope({ cancellable: true });
  const decision = wait.signing.waitForDecision('await-completion', reason, ['retry', 'abort']);
  let isResolvedByList = false;
  pollScope
    .run(async () => {
      isResolvedByList = await pollUntilResolved(wait, resolution);
    })
    // A question that no list can answer is still a human's.
    .catch(() => undefined);
  try {
    await decision;
    return !isResolvedByList;
  } finally {
    pollScope.cancel();
  }
}

/** Polls until a list answers the question. Returns whether the question was still open then. */
async function pollUntilResolved(
  wait: Wait,
  { toleratesFailures, isResolvedBy }: ListResolution,
): Promise<boolean> {
  const { signing } = wait;
  for (let pollImmediately = false; ; pollImmediately = true) {
    const pollRequested = trackPollRequests(signing);
    // A hint costs a handful of events, and a session that asks cannot go on in a fresh run.
    const shouldPollEarly = (): boolean => pollRequested() && !workflowInfo().continueAsNewSuggested;
    const listed = await pollUnlessRequested(shouldPollEarly, signing, {
      pollImmediately,
      toleratesFailures,
    });
    if ((signing.status().attention?.actions ?? []).length === 0) return false;
    if (listed === undefined) continue;
    const isResolved = isResolvedBy(listed);
    if (isResolved) signing.continueWithoutDecision();
    applyPoll(wait, listed);
    if (isResolved) return true;
  }
}

/** A human's record, with its reason shown on every document that did not get that far. */
export function applyRecordedOutcome(signing: Signing): Outcome | undefined {
  const { recordedOutcome } = signing;
  if (recordedOutcome === undefined) return undefined;
  if (recordedOutcome.reason !== undefined && recordedOutcome.outcome !== 'completed') {
    for (const { name } of signing.status().documents)
      signing.updateDocument(name, { failureReason: recordedOutcome.reason });
  }
  return recordedOutcome.outcome;
}
