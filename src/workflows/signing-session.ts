import {
  allHandlersFinished,
  CancellationScope,
  condition,
  isCancellation,
  setHandler,
  sleep,
} from '@temporalio/workflow';
import { readRequest } from '../domain/read-request.js';
import { refuseOutcome, refuseResolution } from '../domain/resolution.js';
import type { FinalState, SigningStatus } from '../domain/status.js';
import { attach } from './attach.js';
import { awaitCompletion } from './await-completion.js';
import { checkDocuments } from './check-documents.js';
import { handOver } from './hand-over.js';
import { initiate } from './initiate.js';
import { checkNowSignal, recordOutcomeUpdate, resolveUpdate, statusQuery } from './messages.js';
import { openSession, SessionAborted, type Session } from './session.js';
import { refuseUnlessStartedByHuman } from './start-rules.js';
import { upload } from './upload.js';

/**
 * Carries one employee's decision through the flexperto API to the end. Returns the final status, whatever the outcome;
 * fails only where the request is at fault and nothing exists at the vendor.
 */
export async function signingSession(input: unknown): Promise<SigningStatus> {
  const { request } = readRequest(input);
  const session = openSession(request);
  answerMessages(session);
  try {
    refuseUnlessStartedByHuman(request.requestId);
    return session.finish(await untilDeadline(session, () => lifecycle(session, input)));
  } catch (error) {
    if (!isCancellation(error)) session.finish('failed');
    throw error;
  } finally {
    await CancellationScope.nonCancellable(() => condition(allHandlersFinished));
  }
}

/** The lifecycle, in the order of the vendor's page. */
async function lifecycle(session: Session, input: unknown): Promise<FinalState> {
  const { documents, handsOver } = await checkDocuments(session, input);

  const sessionId = await initiate(session);

  session.enter('uploading', { sessionId });
  await upload(session, documents);

  session.enter('attaching');
  await attach(session);

  if (handsOver) {
    session.enter('handing-over');
    await handOver(session);
  }

  return awaitCompletion(session);
}

/** Runs the lifecycle until it ends, the deadline passes, a human aborts or the workflow is cancelled. */
async function untilDeadline(session: Session, run: () => Promise<FinalState>): Promise<FinalState> {
  const life = new CancellationScope({ cancellable: true });
  const clock = new CancellationScope({ cancellable: true });
  const alarm = { rang: false };
  const ringing = clock.run(async () => {
    await sleep(Math.max(1, session.deadline - Date.now()), { summary: 'Deadline' });
    alarm.rang = true;
    life.cancel();
  });
  ringing.catch(() => undefined);
  try {
    return await life.run(run);
  } catch (error) {
    if (error instanceof SessionAborted) return 'cancelled';
    // A call that fails while it is being cancelled brings its own error along: the scope knows better.
    if (!life.consideredCancelled) throw error;
    return alarm.rang ? 'expired' : 'cancelled';
  } finally {
    clock.cancel();
  }
}

function answerMessages(session: Session): void {
  setHandler(statusQuery, session.status);
  setHandler(checkNowSignal, () => {
    session.hints += 1;
  });
  setHandler(resolveUpdate, (resolution) => session.resolve(resolution), {
    validator: (resolution) => {
      refuse(refuseResolution(resolution, session.status().attention));
    },
  });
  setHandler(
    recordOutcomeUpdate,
    (outcome) => {
      session.recorded = outcome;
      return session.status();
    },
    {
      validator: (outcome) => {
        const { state, attention } = session.status();
        const waiting = state.startsWith('awaiting') || attention?.step === 'await-completion';
        refuse(
          refuseOutcome(outcome, {
            waiting: waiting && session.recorded === undefined,
            listWorks: session.listWorks === true,
          }),
        );
      },
    },
  );
}

function refuse(why: string | undefined): void {
  if (why !== undefined) throw new TypeError(why);
}
