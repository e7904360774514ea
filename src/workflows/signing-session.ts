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
import { readRequest } from '../domain/read-request.js';
import { refuseOutcome } from '../domain/resolution.js';
import { isFinal, type FinalState, type SigningStatus } from '../domain/status.js';
import { attach } from './attach.js';
import { awaitCompletion } from './await-completion.js';
import { checkDocuments } from './check-documents.js';
import { expire } from './deadline.js';
import { handOver } from './hand-over.js';
import { initiate } from './initiate.js';
import {
  checkNowSignal,
  lastFailureQuery,
  recordOutcomeUpdate,
  resolveUpdate,
  statusQuery,
} from './messages.js';
import { countEnd } from './metrics.js';
import { openSession, SessionAborted, type Carried, type Session } from './session.js';
import { isRejection, isStartedOver, refuseUnlessStartedByHuman, STARTED_OVER } from './start-rules.js';
import { upload } from './upload.js';

/** How long the record of an outcome waits for the first look; shorter than a client waits for its answer. */
const FIRST_LOOK_MS = 5_000;

/**
 * Carries one employee's decision through the flexperto API to the end. Returns the final status, whatever the outcome;
 * fails only where the request is at fault and nothing exists at the vendor. `before` is what a run that continues
 * another one takes over; a start cannot bring it along.
 */
export async function signingSession(input: unknown, before?: Carried): Promise<SigningStatus> {
  const { request } = readRequest(input);
  const carried = workflowInfo().continuedFromExecutionRunId === undefined ? undefined : before;
  const session = openSession(request, carried);
  answerMessages(session);
  try {
    refuseUnlessStartedByHuman(request.requestId);
    const life = () => (carried === undefined ? lifecycle(session, input) : awaitCompletion(session));
    const end = await untilDeadline(session, life);
    if (end !== 'continues') {
      countEnd(end);
      return session.finish(end);
    }
  } catch (error) {
    if (error instanceof ApplicationFailure) countEnd('rejected');
    if (!isCancellation(error)) session.finish('failed', isRejection(error));
    throw error;
  } finally {
    await CancellationScope.nonCancellable(async () => {
      await condition(allHandlersFinished);
      await session.callbacks.told();
    });
  }
  const { handedOver, listWorks, callbacks } = session;
  const carriedOn = {
    status: session.status(),
    handedOver,
    listWorks,
    callbacks: callbacks.started,
    closedQuestions: session.closedQuestions(),
  };
  return continueAsNew<typeof signingSession>(input, carriedOn);
}

/** How a run ends: in a final state, or to be continued by another run. */
type End = FinalState | 'continues';

/** The lifecycle, in the order of the vendor's page. */
async function lifecycle(session: Session, input: unknown): Promise<End> {
  // Until initiate has settled it: a session that ends before says so.
  if (isStartedOver()) session.doubt = { step: 'initiate', reason: STARTED_OVER };
  const { documents, handsOver } = await checkDocuments(session, input);

  const sessionId = await initiate(session);

  session.enter('uploading', { sessionId });
  await upload(session, documents);

  session.enter('attaching');
  await attach(session, documents);

  if (handsOver) {
    session.enter('handing-over');
    await handOver(session);
  }

  return awaitCompletion(session);
}

/** Runs the lifecycle until it ends, the deadline passes, a human aborts or the workflow is cancelled. */
async function untilDeadline(session: Session, run: () => Promise<End>): Promise<End> {
  const life = new CancellationScope({ cancellable: true });
  const clock = new CancellationScope({ cancellable: true });
  const alarm = { rang: false };
  const ringing = clock.run(async () => {
    await sleep(Math.max(1, session.deadline - Date.now()), { summary: 'Deadline' });
    alarm.rang = true;
    life.cancel();
  });
  ringing.catch(() => undefined);
  const stopped = (): Promise<FinalState> => (alarm.rang ? expireUnlessCancelled(session) : CANCELLED);
  try {
    const end = await life.run(run);
    // A fresh run would not know that this one was told to stop.
    return end === 'continues' && life.consideredCancelled ? await stopped() : end;
  } catch (error) {
    if (error instanceof SessionAborted) return 'cancelled';
    // A call that fails while it is being cancelled brings its own error along: the scope knows better.
    if (!life.consideredCancelled) throw error;
    return await stopped();
  } finally {
    clock.cancel();
  }
}

const CANCELLED = Promise.resolve('cancelled' as const);

async function expireUnlessCancelled(session: Session): Promise<FinalState> {
  try {
    return await expire(session);
  } catch (error) {
    if (isCancellation(error)) return 'cancelled';
    throw error;
  }
}

function answerMessages(session: Session): void {
  setHandler(statusQuery, session.status);
  setHandler(lastFailureQuery, () => session.lastFailure());
  setHandler(checkNowSignal, () => {
    session.hints += 1;
  });
  setHandler(resolveUpdate, (resolution) => session.resolve(resolution), {
    validator: (resolution) => {
      refuse(session.refusal(resolution));
    },
  });
  setHandler(
    recordOutcomeUpdate,
    async (outcome) => {
      // An outcome can come before the first look has shown whether the tenant has the list call. Where the session is
      // cancelled meanwhile, who records is told that it does not wait any more.
      const seen = () => session.listWorks !== undefined || isFinal(session.status().state);
      await CancellationScope.nonCancellable(() => condition(seen, FIRST_LOOK_MS));
      refuse(refuseRecord(session, outcome));
      return session.record(outcome);
    },
    {
      validator: (outcome) => {
        refuse(refuseRecord(session, outcome));
      },
    },
  );
}

function refuseRecord(session: Session, outcome: unknown): string | undefined {
  const { state, attention } = session.status();
  const parked = state === 'needs-attention' && attention?.step === 'await-completion';
  const waiting = (state.startsWith('awaiting') || parked) && session.recorded === undefined;
  return refuseOutcome(outcome, { waiting, listWorks: session.listWorks === true && !parked });
}

function refuse(why: string | undefined): void {
  if (why !== undefined) throw ApplicationFailure.nonRetryable(why, 'NotPossible');
}
