import { condition } from '@temporalio/workflow';
import { leftover } from '../domain/leftover.js';
import { outcomeOf } from '../domain/outcome.js';
import { retryPauseMs } from '../domain/pacing.js';
import type { FinalState, OpenState, SigningState, Step } from '../domain/status.js';
import { withNews } from '../domain/vendor-document.js';
import { recordedOutcome } from './await-completion.js';
import { lookingLast } from './policies.js';
import { contractSession, type Session } from './session.js';
import { stepFailure } from './step-failure.js';

/** Looks after the deadline, with growing pauses in between: some eight minutes. */
const LOOKS = 6;
/** The first pause is 16 seconds. */
const PAUSES_SKIPPED = 4;
/** A vendor that asks for a longer pause is not waited for. */
const LONGEST_PAUSE_MS = 5 * 60_000;

const SUMMARY = 'Last look, after the deadline';

/**
 * What becomes of a session whose deadline has passed: its outcome, where a last look at the documents shows it, else
 * `expired`. What stays at the vendor, and whether its state is known, is then what the result says. @throws CancelledFailure
 */
export async function expire(session: Session): Promise<FinalState> {
  const { sessionId, documents } = session.status();
  const mayBeSigned = sessionId !== null && documents.every(({ fileId }) => fileId !== null);
  const trouble = mayBeSigned ? await lookLast(session) : undefined;
  const outcome = recordedOutcome(session) ?? outcomeOf(session.status().documents);
  if (outcome !== undefined) {
    session.doubt = undefined;
    return outcome;
  }
  session.remains = remainsOf(session, trouble);
  return 'expired';
}

/** Looks until a look succeeds or the time for it is over. Returns why the last one failed. */
async function lookLast(session: Session): Promise<string | undefined> {
  session.withdrawQuestion();
  const isRecorded = (): boolean => session.recorded !== undefined;
  for (let looks = 1; !isRecorded(); looks += 1) {
    try {
      await look(session);
      return undefined;
    } catch (error) {
      const { message, retryAfterMs } = stepFailure(error);
      const pause = retryPauseMs(looks + PAUSES_SKIPPED, retryAfterMs);
      if (looks === LOOKS || pause > LONGEST_PAUSE_MS) return message;
      await condition(isRecorded, pause, { summary: 'Pause before another last look' });
    }
  }
  return undefined;
}

async function look(session: Session): Promise<void> {
  const request = { ...contractSession(session), listWorks: session.listWorks === true };
  const listed = await lookingLast.listDocuments.executeWithOptions({ summary: SUMMARY }, [request]);
  const { state, documents } = session.status();
  session.listWorks = true;
  session.enter(state as OpenState, { documents: withNews(documents, listed) });
}

function remainsOf(session: Session, trouble: string | undefined): Session['remains'] {
  const status = session.status();
  const open = status.attention ?? session.doubt;
  const left = leftover(status, session.handedOver, trouble === undefined);
  if (left === undefined) return undefined;
  const unknown =
    trouble === undefined
      ? []
      : [`What the customer has signed is not known: the last look failed (${trouble})`];
  const reason = [...(open === undefined ? [] : [open.reason]), ...unknown, left].join('. ');
  return { step: open?.step ?? stepIn(status.state), reason: `${reason}.` };
}

const STEP_IN: Partial<Record<SigningState, Step>> = {
  uploading: 'upload',
  attaching: 'attach',
  'handing-over': 'hand-over',
};

function stepIn(state: SigningState): Step {
  return STEP_IN[state] ?? 'await-completion';
}
