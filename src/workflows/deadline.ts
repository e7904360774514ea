import { CancellationScope, condition, isCancellation, sleep } from '@temporalio/workflow';
import { describeLeftovers, determineOutcome } from '../domain/outcome.js';
import type { FinalState, OpenState, SigningState, Step } from '../domain/status.js';
import { mergeDocuments } from '../domain/vendor-document.js';
import { deadlinePoll } from './activity-proxies.js';
import { SigningAborted } from './decisions.js';
import { deadlinePollPauseMs } from './retry-policies.js';
import { type Signing, getContractSession } from './signing.js';
import { toStepFailure } from './step-failure.js';
import { applyRecordedOutcome } from './steps/await-completion.js';

/** How a run ends: in a final state, or to be continued by the next run. */
export type RunEnd = FinalState | 'continue-as-new';

/** Runs the lifecycle until it ends, the deadline passes, a person aborts or the workflow is cancelled. */
export async function runUntilDeadline(signing: Signing, run: () => Promise<RunEnd>): Promise<RunEnd> {
  const mainScope = new CancellationScope({ cancellable: true });
  const timerScope = new CancellationScope({ cancellable: true });
  const timer = { isDeadlineReached: false };
  const timerRun = timerScope.run(async () => {
    await sleep(Math.max(1, signing.deadline - Date.now()), { summary: 'Deadline' });
    timer.isDeadlineReached = true;
    mainScope.cancel();
  });
  timerRun.catch(() => undefined);
  const endStopped = (): Promise<FinalState> =>
    timer.isDeadlineReached ? expireUnlessCancelled(signing) : CANCELLED;
  try {
    const end = await mainScope.run(run);
    // The next run would not know that this one was stopped.
    return end === 'continue-as-new' && mainScope.consideredCancelled ? await endStopped() : end;
  } catch (error) {
    if (error instanceof SigningAborted) return 'cancelled';
    // A call that fails while it is being cancelled throws its own error, so the scope is asked.
    if (!mainScope.consideredCancelled) throw error;
    return await endStopped();
  } finally {
    timerScope.cancel();
  }
}

const CANCELLED = Promise.resolve('cancelled' as const);

async function expireUnlessCancelled(signing: Signing): Promise<FinalState> {
  try {
    return await expire(signing);
  } catch (error) {
    if (isCancellation(error)) return 'cancelled';
    throw error;
  }
}

const SUMMARY = 'Poll the documents once more, after the deadline';

/**
 * Ends a signing whose deadline has passed: with its outcome, where a last poll of the documents shows it, else as `expired`.
 * Then `leftovers` say what stays at the vendor, and whether its state is known. @throws CancelledFailure
 */
async function expire(signing: Signing): Promise<FinalState> {
  const { sessionId, documents } = signing.status();
  const mayBeSigned = sessionId !== null && documents.every(({ fileId }) => fileId !== null);
  const pollFailure = mayBeSigned ? await pollAfterDeadline(signing) : undefined;
  const outcome = applyRecordedOutcome(signing) ?? determineOutcome(signing.status().documents);
  if (outcome !== undefined) {
    signing.unknownOutcome = undefined;
    return outcome;
  }
  signing.leftovers = describeEnd(signing, pollFailure);
  return 'expired';
}

/** Polls until a poll succeeds or the time for it is over. Returns why the last one failed. */
async function pollAfterDeadline(signing: Signing): Promise<string | undefined> {
  signing.unknownOutcome = signing.withdrawAttention() ?? signing.unknownOutcome;
  const isRecorded = (): boolean => signing.recordedOutcome !== undefined;
  for (let attempt = 1; !isRecorded(); attempt += 1) {
    try {
      await pollOnce(signing);
      return undefined;
    } catch (error) {
      const { message, retryAfterMs } = toStepFailure(error);
      const pauseMs = deadlinePollPauseMs(attempt, retryAfterMs);
      if (pauseMs === undefined) return message;
      await condition(isRecorded, pauseMs, { summary: 'Pause before another last poll' });
    }
  }
  return undefined;
}

async function pollOnce(signing: Signing): Promise<void> {
  const request = { ...getContractSession(signing), listWorks: signing.listWorks === true };
  const listed = await deadlinePoll.listDocuments.executeWithOptions({ summary: SUMMARY }, [request]);
  const { state, documents } = signing.status();
  signing.listWorks = true;
  signing.transitionTo(state as OpenState, { documents: mergeDocuments(documents, listed) });
}

function describeEnd(signing: Signing, pollFailure: string | undefined): Signing['leftovers'] {
  const status = signing.status();
  const openIssue = status.attention ?? signing.unknownOutcome;
  const leftovers = describeLeftovers(status, signing.handedOver, pollFailure === undefined);
  if (leftovers === undefined) return undefined;
  const unknown =
    pollFailure === undefined
      ? []
      : [`What the customer has signed is not known: the last poll failed (${pollFailure})`];
  const reason = [...(openIssue === undefined ? [] : [openIssue.reason]), ...unknown, leftovers].join('. ');
  return { step: openIssue?.step ?? findStep(status.state), reason: `${reason}.` };
}

const STEP_BY_STATE: Partial<Record<SigningState, Step>> = {
  uploading: 'upload',
  attaching: 'attach',
  'handing-over': 'hand-over',
};

function findStep(state: SigningState): Step {
  return STEP_BY_STATE[state] ?? 'await-completion';
}
