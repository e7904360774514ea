import { CancellationScope, allHandlersFinished, condition, workflowInfo } from '@temporalio/workflow';
import type { ListRequest } from '../../activities/list-documents.js';
import { type StepFailure, isUnsupportedStatus } from '../../domain/call-failure.js';
import { endsPolling, findDiscrepancy, findUnlisted } from '../../domain/list-discrepancy.js';
import { type Outcome, determineOutcome, determineWaitingState } from '../../domain/outcome.js';
import { type VendorDocument, mergeDocuments } from '../../domain/vendor-document.js';
import { buildPollTaskQueue } from '../../domain/workflow-id.js';
import { RETRY_AFTER_PAUSE, immediatePoll, local, polling } from '../activity-proxies.js';
import { POLL_MAX_UNSUPPORTED_RESPONSES } from '../retry-policies.js';
import { type Signing, getContractSession } from '../signing.js';
import { isNonRetryable, toStepFailure } from '../step-failure.js';

/** A signing that waits, and how many polls in a row found no list call. */
interface Wait {
  readonly signing: Signing;
  unsupportedResponses: number;
}

/**
 * Waits for hand-over and signatures until the outcome is known, from the vendor's list or from a person's record. Returns
 * `continue-as-new` where thousands of poll requests have made the history long.
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

/** The first poll nearly always finds a change. Returns whether another is due immediately. */
async function pollOnce(wait: Wait): Promise<boolean> {
  const { signing } = wait;
  if (signing.listWorks === false) return true;
  const pollRequested = trackPollRequests(signing);
  signing.transitionTo(determineWaitingState(signing.status().documents, signing.handedOver));
  try {
    const request = { ...getContractSession(signing), listWorks: signing.listWorks === true };
    const summary = 'Poll the documents';
    const listed = await local.listDocuments.executeWithOptions({ summary }, [request]);
    // A list can lag: the next one may show what this one lacks.
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
 * Resolves when the list has changed, a poll request has come or an outcome was recorded. Returns whether the next poll is
 * due immediately; after a change it is not, however quickly the vendor's status changes back.
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

/** The list once it has changed; `undefined` where a poll request or a record comes first. */
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

/** The list once it has changed. The first poll comes immediately, or after the first pause. */
async function poll(
  signing: Signing,
  options: { readonly pollImmediately: boolean; readonly toleratesFailures: boolean },
): Promise<VendorDocument[]> {
  const { documents, state } = signing.status();
  const { reportedDiscrepancy, allListed } = signing;
  const { pollImmediately, toleratesFailures } = options;
  const listRequest = { ...getContractSession(signing), listWorks: signing.listWorks === true };
  const request = {
    ...listRequest,
    knownDocuments: documents,
    reportedDiscrepancy,
    allListed,
    toleratesFailures,
  };
  const { listed, lastFailure } = pollImmediately ? await tryToList(listRequest, toleratesFailures) : {};
  if (listed !== undefined && endsPolling(request, listed)) return listed;
  const summary = SUMMARIES[state] ?? 'Wait for the signature';
  const taskQueue = buildPollTaskQueue(workflowInfo().taskQueue);
  return polling.pollDocuments.executeWithOptions({ summary, taskQueue }, [{ ...request, lastFailure }]);
}

/** Returns the list, or why the call has failed. @throws what no later poll can mend */
async function tryToList(
  request: ListRequest,
  toleratesFailures: boolean,
): Promise<{ readonly listed?: VendorDocument[]; readonly lastFailure?: StepFailure }> {
  try {
    const summary = 'Poll the documents';
    return { listed: await immediatePoll.listDocuments.executeWithOptions({ summary }, [request]) };
  } catch (error) {
    const lastFailure = toStepFailure(error);
    if (isNonRetryable(error) && !toleratesFailures) throw error;
    return { lastFailure };
  }
}

const SUMMARIES: Readonly<Record<string, string>> = {
  'awaiting-handover': 'Wait for the hand-over',
  'needs-attention': 'Wait for a poll that succeeds',
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

/** Returns whether the next poll is due immediately. */
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

/** Whether a tenant that has the list call answers, not yet too often, as if it had none. */
function isLikelyTransient(wait: Wait, { kind, status }: StepFailure): boolean {
  if (kind !== 'Refused' || !isUnsupportedStatus(status)) return false;
  wait.unsupportedResponses += 1;
  return wait.unsupportedResponses < POLL_MAX_UNSUPPORTED_RESPONSES;
}

/** Asks a person, once, about a discrepancy of the last list. Returns whether it did and the next poll is due immediately. */
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

/** How a list can replace a person's decision. */
interface ListResolution {
  /** Whether every list counts; else only one that differs from what is known. */
  readonly toleratesFailures: boolean;
  readonly isResolvedBy: (listed: readonly VendorDocument[]) => boolean;
}

/**
 * Asks a person and polls meanwhile: a list that resolves the issue replaces the decision. Returns whether the next poll is
 * due immediately.
 */
async function askWhilePolling(wait: Wait, reason: string, resolution: ListResolution): Promise<boolean> {
  const pollScope = new CancellationScope({ cancellable: true });
  const decision = wait.signing.waitForDecision('await-completion', reason, ['retry', 'abort']);
  let isResolvedByList = false;
  pollScope
    .run(async () => {
      isResolvedByList = await pollUntilResolved(wait, resolution);
    })
    // Where no list resolves the issue, a person still does.
    .catch(() => undefined);
  try {
    await decision;
    return !isResolvedByList;
  } finally {
    pollScope.cancel();
  }
}

/** Polls until a list resolves the issue. Returns whether the decision was still open then. */
async function pollUntilResolved(
  wait: Wait,
  { toleratesFailures, isResolvedBy }: ListResolution,
): Promise<boolean> {
  const { signing } = wait;
  for (let pollImmediately = false; ; pollImmediately = true) {
    const pollRequested = trackPollRequests(signing);
    // A poll request costs some events, and a signing that waits for a decision cannot continue as new.
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

/** The outcome that a person has recorded; its reason is shown on every document unless the signing is completed. */
export function applyRecordedOutcome(signing: Signing): Outcome | undefined {
  const { recordedOutcome } = signing;
  if (recordedOutcome === undefined) return undefined;
  if (recordedOutcome.reason !== undefined && recordedOutcome.outcome !== 'completed') {
    for (const { name } of signing.status().documents)
      signing.updateDocument(name, { failureReason: recordedOutcome.reason });
  }
  return recordedOutcome.outcome;
}
