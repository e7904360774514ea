import { sleep } from '@temporalio/workflow';
import type { Step } from '../domain/status.js';
import type { VendorDocument } from '../domain/vendor-document.js';
import type { Settled } from './exactly-once.js';
import { freely } from './policies.js';
import { contractSession, type Session } from './session.js';
import { stepFailure } from './step-failure.js';

/** A call whose answer was lost can still be under way; a list that lacks its effect is asked a second time after this. */
const SECOND_LOOK_MS = 10_000;

/**
 * Settles an unclear call by the list of documents. While the list itself fails, it is the list that is tried again;
 * only two looks that both lack the effect say that it did not happen. Where there is no list call, nobody can know.
 */
export async function settleByList<Result>(
  session: Session,
  step: Step,
  effect: (listed: VendorDocument[]) => Settled<Result>,
): Promise<Settled<Result>> {
  const first = await look(session, step, effect);
  if (first !== 'did-not-happen') return first;
  await sleep(SECOND_LOOK_MS, { summary: `Second look before ${step} is tried again` });
  return look(session, step, effect);
}

async function look<Result>(
  session: Session,
  step: Step,
  effect: (listed: VendorDocument[]) => Settled<Result>,
): Promise<Settled<Result>> {
  for (;;) {
    try {
      const request = { ...contractSession(session), listWorks: session.listWorks === true };
      const summary = `Look what became of ${step}`;
      const listed = await freely.listDocuments.executeWithOptions({ summary }, [request]);
      session.listWorks = true;
      return effect(listed);
    } catch (error) {
      const failure = stepFailure(error);
      if (failure.kind === 'CallMissing') {
        session.listWorks = false;
        return 'cannot-be-known';
      }
      // The list was refused: once that is put right, it is the list that is asked again.
      await session.park(step, `${failure.message}. It decides whether ${step} must be repeated.`, [
        'retry',
        'abort',
      ]);
    }
  }
}
