import {
  allHandlersFinished,
  ApplicationFailure,
  CancellationScope,
  condition,
  continueAsNew,
  isCancellation,
  setHandler,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import { parseRequest } from '../domain/parse-request.js';
import { validateOutcome } from '../domain/resolution.js';
import { isFinal, type FinalState, type SigningStatus } from '../domain/status.js';
import { attach } from './steps/attach.js';
import { awaitCompletion } from './steps/await-completion.js';
import { checkDocuments } from './steps/check-documents.js';
import { expire } from './steps/expire.js';
import { handOver } from './steps/hand-over.js';
import { initiate } from './steps/initiate.js';
import {
  checkNowSignal,
  lastFailureQuery,
  recordOutcomeUpdate,
  resolveUpdate,
  statusQuery,
} from './messages.js';
import { countSigningEnd } from './metrics.js';
import { createSigning, SigningAborted, type ContinueAsNewState, type Signing } from './signing.js';
import { isRejection, isReset, assertStartedByHuman, RESET_REASON } from './start-guard.js';
import { upload } from './steps/upload.js';

/** How long the record of an outcome waits for the first look; shorter than a client waits for its answer. */
const FIRST_POLL_TIMEOUT_MS = 5_000;

/**
 * Carries one employee's decision through the flexperto API to the end. Returns the final status, whatever the outcome;
 * fails only where the request is at fault and nothing exists at the vendor. `before` is what a run that continues
 * another one takes over; a start cannot bring it along.
 */
export async function signingSession(
  input: unknown,
  previousRun?: ContinueAsNewState,
): Promise<SigningStatus> {
  const { request } = parseRequest(input);
  const previous = workflowInfo().continuedFromExecutionRunId === undefined ? undefined : previousRun;
  const signing = createSigning(request, previous);
  registerHandlers(signing);
  try {
    assertStartedByHuman(request.requestId);
    const run = () => (previous === undefined ? runLifecycle(signing, input) : awaitCompletion(signing));
    const end = await runUntilDeadline(signing, run);
    if (end !== 'continues') {
      countSigningEnd(end);
      return signing.finish(end);
    }
  } catch (error) {
    if (error instanceof ApplicationFailure) countSigningEnd('rejected');
    if (!isCancellation(error)) signing.finish('failed', isRejection(error));
    throw error;
  } finally {
    await CancellationScope.nonCancellable(async () => {
      await condition(allHandlersFinished);
      await signing.callbacks.flushed();
    });
  }
  const { handedOver, listWorks, callbacks } = signing;
  const nextRun = {
    status: signing.status(),
    handedOver,
    listWorks,
    callbacksStarted: callbacks.started,
    closedAttentions: signing.closedAttentions(),
  };
  return continueAsNew<typeof signingSession>(input, nextRun);
}

/** How a run ends: in a final state, or to be continued by another run. */
type RunEnd = FinalState | 'continues';

/** The lifecycle, in the order of the vendor's page. */
async function runLifecycle(signing: Signing, input: unknown): Promise<RunEnd> {
  // Until initiate has settled it: a session that ends before says so.
  if (isReset()) signing.unknownOutcome = { step: 'initiate', reason: RESET_REASON };
  const { documents, isHandOverEnabled } = await checkDocuments(signing, input);

  const sessionId = await initiate(signing);

  signing.transitionTo('uploading', { sessionId });
  await upload(signing, documents);

  signing.transitionTo('attaching');
  await attach(signing, documents);

  if (isHandOverEnabled) {
    signing.transitionTo('handing-over');
    await handOver(signing);
  }

  return awaitCompletion(signing);
}

/** Runs the lifecycle until it ends, the deadline passes, a human aborts or the workflow is cancelled. */
async function runUntilDeadline(signing: Signing, run: () => Promise<RunEnd>): Promise<RunEnd> {
  const mainScope = new CancellationScope({ cancellable: true });
  const timerScope = new CancellationScope({ cancellable: true });
  const timer = { rang: false };
  const timerRun = timerScope.run(async () => {
    await sleep(Math.max(1, signing.deadline - Date.now()), { summary: 'Deadline' });
    timer.rang = true;
    mainScope.cancel();
  });
  timerRun.catch(() => undefined);
  const endStopped = (): Promise<FinalState> => (timer.rang ? expireUnlessCancelled(signing) : CANCELLED);
  try {
    const end = await mainScope.run(run);
    // A fresh run would not know that this one was told to stop.
    return end === 'continues' && mainScope.consideredCancelled ? await endStopped() : end;
  } catch (error) {
    if (error instanceof SigningAborted) return 'cancelled';
    // A call that fails while it is being cancelled brings its own error along: the scope knows better.
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

function registerHandlers(signing: Signing): void {
  setHandler(statusQuery, signing.status);
  setHandler(lastFailureQuery, () => signing.lastFailure());
  setHandler(checkNowSignal, () => {
    signing.pollRequests += 1;
  });
  setHandler(resolveUpdate, (resolution) => signing.resolve(resolution), {
    validator: (resolution) => {
      throwIfRejected(signing.validateDecision(resolution));
    },
  });
  setHandler(
    recordOutcomeUpdate,
    async (outcome) => {
      // An outcome can come before the first look has shown whether the tenant has the list call. Where the session is
      // cancelled meanwhile, who records is told that it does not wait any more.
      const isReady = () => signing.listWorks !== undefined || isFinal(signing.status().state);
      await CancellationScope.nonCancellable(() => condition(isReady, FIRST_POLL_TIMEOUT_MS));
      throwIfRejected(validateRecord(signing, outcome));
      return signing.recordOutcome(outcome);
    },
    {
      validator: (outcome) => {
        throwIfRejected(validateRecord(signing, outcome));
      },
    },
  );
}

function validateRecord(signing: Signing, outcome: unknown): string | undefined {
  const { state, attention } = signing.status();
  const isWaitingForDecision = state === 'needs-attention' && attention?.step === 'await-completion';
  const isWaiting =
    (state.startsWith('awaiting') || isWaitingForDecision) && signing.recordedOutcome === undefined;
  return validateOutcome(outcome, {
    isWaiting,
    listWorks: signing.listWorks === true && !isWaitingForDecision,
  });
}

function throwIfRejected(rejectionReason: string | undefined): void {
  if (rejectionReason !== undefined) throw ApplicationFailure.nonRetryable(rejectionReason, 'NotPossible');
}
