import {
  ApplicationFailure,
  CancellationScope,
  allHandlersFinished,
  condition,
  continueAsNew,
  isCancellation,
  workflowInfo,
} from '@temporalio/workflow';
import { parseRequest } from '../domain/parse-request.js';
import type { SigningStatus } from '../domain/status.js';
import { type RunEnd, runUntilDeadline } from './deadline.js';
import { registerHandlers } from './message-handlers.js';
import { countSigningEnd } from './metrics.js';
import { type ContinueAsNewState, type Signing, createSigning, toContinueAsNewState } from './signing.js';
import { RESET_REASON, assertStartedByHuman, isRejection, isReset } from './start-guard.js';
import { attach } from './steps/attach.js';
import { awaitCompletion } from './steps/await-completion.js';
import { checkDocuments } from './steps/check-documents.js';
import { handOver } from './steps/hand-over.js';
import { initiate } from './steps/initiate.js';
import { upload } from './steps/upload.js';

/** The lifecycle, in the order of the vendor's page. */
async function runLifecycle(signing: Signing, input: unknown): Promise<RunEnd> {
  // A signing that ends before `initiate` has reconciled this says so in its result.
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

/**
 * Carries one employee's decision through the flexperto API to the end. Returns the final status, whatever the outcome.
 * Fails only where the request is at fault and nothing exists at the vendor. `previousRun` counts only in a run that
 * continues another one; a start cannot bring it along.
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
    if (end !== 'continue-as-new') {
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
  return continueAsNew<typeof signingSession>(input, toContinueAsNewState(signing));
}
