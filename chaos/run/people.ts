import { setTimeout as sleep } from 'node:timers/promises';
import { NoServerError, NotPossibleError, type SigningClient } from '../../src/starter/index.js';
import type { SessionPlan } from '../plan/session.js';
import { click } from './click.js';
import { carryOut } from './customer.js';
import { writeDocuments } from './documents.js';
import type { Errands } from './errands.js';
import { decide } from './human.js';
import type { Play } from './play.js';
import { stateIn, type Situation } from './situation.js';
import type { ShownSession, Vendor } from './vendor.js';

const CLICK_AGAIN_MS = 500;

/**
 * An employee who knows that the customer is through, and does not see it, asks to look. After a look that was lost with its
 * worker the next one of its own comes a minute and more later.
 */
const HINT_AGAIN_SECONDS = 60;

/** A session that asks more often than any number of faults explains is left alone, and so found to be stuck. */
const MOST_DECISIONS = 50;

/** What a human has decided on sessions that needed attention. */
export interface Decisions {
  adopt: number;
  retry: number;
}

/** Everybody outside of the worker: employees, customers, and the human who is asked. */
export interface People {
  readonly decisions: Decisions;
  /** An employee starts a session; the play is there once the start was accepted, however long the server is down. */
  start(plan: SessionPlan): void;
  /** Lets everybody do what is due for this session. */
  act(play: Play, situation: Situation): void;
}

export interface Surroundings {
  readonly signings: SigningClient;
  readonly vendor: Vendor;
  readonly documentRoot: string;
  readonly errands: Errands;
  readonly onAccepted: (play: Play) => void;
}

export function createPeople(surroundings: Surroundings): People {
  const { signings, vendor, documentRoot, errands, onAccepted } = surroundings;
  const decisions: Decisions = { adopt: 0, retry: 0 };

  const start = async (plan: SessionPlan): Promise<void> => {
    const sha256s = writeDocuments(documentRoot, plan);
    await vendor.arm(plan.faults);
    await untilAccepted(() => click(signings, plan));
    onAccepted({ plan, sha256s, acceptedAt: Date.now() });
  };
  const resolve = async (play: Play): Promise<void> => {
    const decision = await decide(signings, play.plan.requestId, () => vendor.sessions());
    if (decision === 'not yet') return;
    decisions[decision] += 1;
    play.decided = (play.decided ?? 0) + 1;
  };
  const finish = async (play: Play, session: ShownSession): Promise<void> => {
    await carryOut(vendor, play.plan, session);
    play.doneAt = Date.now();
    // A hint may get lost: then the polling finds out.
    if (play.plan.hinted) await signings.check(play.plan.requestId);
  };
  const cancel = async (play: Play): Promise<void> => {
    await signings.cancel(play.plan.requestId).catch((error: unknown) => {
      if (!(error instanceof NotPossibleError)) throw error;
    });
    play.doneAt = Date.now();
  };
  const hintAgain = async (play: Play): Promise<void> => {
    play.doneAt = Date.now();
    await signings.check(play.plan.requestId);
  };

  const meetCustomer = (play: Play, { contracts }: Situation): void => {
    const { requestId, name, customerSeconds } = play.plan;
    const session = contracts.get(name);
    if (session?.handedOver !== true) return;
    play.handedOverAt ??= Date.now();
    if (isOver(play.handedOverAt, customerSeconds)) errands.begin(requestId, () => finish(play, session));
  };

  return {
    decisions,
    start: (plan) => {
      errands.begin(plan.requestId, () => start(plan));
    },
    act: (play, situation) => {
      const { requestId, fate, leftWaiting } = play.plan;
      const state = stateIn(situation, requestId);
      if (state === 'needs-attention' && !leftWaiting && (play.decided ?? 0) < MOST_DECISIONS)
        errands.begin(requestId, () => resolve(play));
      if (play.doneAt !== undefined) {
        if (state.startsWith('awaiting') && isOver(play.doneAt, HINT_AGAIN_SECONDS))
          errands.begin(requestId, () => hintAgain(play));
      } else if (fate.kind === 'cancelled') {
        if (isOver(play.acceptedAt, fate.seconds)) errands.begin(requestId, () => cancel(play));
      } else if (fate.kind !== 'expired') meetCustomer(play, situation);
    },
  };
}

function isOver(since: number, seconds: number): boolean {
  return Date.now() >= since + seconds * 1000;
}

async function untilAccepted(start: () => Promise<void>): Promise<void> {
  for (;;) {
    try {
      await start();
      return;
    } catch (error) {
      if (!(error instanceof NoServerError)) throw error;
      await sleep(CLICK_AGAIN_MS);
    }
  }
}
