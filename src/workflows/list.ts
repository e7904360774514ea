import { sleep } from '@temporalio/workflow';
import { mayBeUnderWay, type StepFailure } from '../domain/call-failure.js';
import { surplusQuestion } from '../domain/list-question.js';
import type { Step } from '../domain/status.js';
import type { VendorDocument } from '../domain/vendor-document.js';
import type { Settled } from './exactly-once.js';
import { freely, LOOKS_AFTER_ANSWER_MS, LOOKS_AFTER_SILENCE_MS } from './policies.js';
import { contractSession, type Session } from './session.js';
import { stepFailure } from './step-failure.js';

/**
 * Settles an unclear call by the list of documents. While the list itself fails, it is the list that is tried again. A
 * call whose answer was lost can still be under way, and a list can lag: so the effect did not happen only where the
 * last of several looks lacks it too. Where there is no list call, nobody can know. `failure`: what the call came back
 * with; absent where it was accepted. After a reset only the first call waits: by then the run before has no call under way.
 */
export async function settleByList<Result>(
  session: Session,
  step: Step,
  failure: StepFailure | undefined,
  effect: (listed: VendorDocument[]) => Settled<Result>,
): Promise<Settled<Result>> {
  let settled = await look(session, step, effect);
  for (const pause of pausesAfter(session, failure)) {
    // What a human is to find out must be there to be found: a human, too, is asked only after the last look.
    const isOpen = settled === 'did-not-happen' || (settled === 'cannot-be-known' && failure !== undefined);
    if (!isOpen) return settled;
    await sleep(pause, { summary: `Pause before another look what became of ${step}` });
    settled = await look(session, step, effect);
  }
  session.quietRun = failure?.runId ?? session.quietRun;
  return settled;
}

function pausesAfter(session: Session, failure: StepFailure | undefined): readonly number[] {
  if (failure?.runId !== undefined && failure.runId === session.quietRun) return [];
  return failure === undefined || mayBeUnderWay(failure) ? LOOKS_AFTER_SILENCE_MS : LOOKS_AFTER_ANSWER_MS;
}

async function look<Result>(
  session: Session,
  step: Step,
  effect: (listed: VendorDocument[]) => Settled<Result>,
): Promise<Settled<Result>> {
  for (;;) {
    const listed = await list(session, step);
    if (listed === 'missing') return 'cannot-be-known';
    const question = surplusQuestion(session.status().documents, listed);
    if (!session.isNewQuestion(question)) return effect(listed);
    await session.park(step, question, ['retry', 'abort']);
  }
}

async function list(session: Session, step: Step): Promise<VendorDocument[] | 'missing'> {
  for (;;) {
    try {
      const request = { ...contractSession(session), listWorks: session.listWorks === true };
      const summary = `Look what became of ${step}`;
      const listed = await freely.listDocuments.executeWithOptions({ summary }, [request]);
      session.listWorks = true;
      return listed;
    } catch (error) {
      const failure = stepFailure(error);
      if (failure.kind === 'CallMissing') {
        session.listWorks = false;
        return 'missing';
      }
      // The list was refused: once that is put right, it is the list that is asked again.
      await session.park(step, `${failure.message}. It decides whether ${step} must be repeated.`, [
        'retry',
        'abort',
      ]);
    }
  }
}
