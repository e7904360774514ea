import { setTimeout as sleep } from 'node:timers/promises';
import { NotPossibleError, type SigningClient, NoServerError } from '../../src/client/index.js';
import type { SigningPlan } from '../plan/signing.js';
import { startSigning } from './start-signing.js';
import { performSteps } from './customer-actions.js';
import { writeDocuments } from './documents.js';
import type { PerSigningTasks } from './per-signing-tasks.js';
import { resolveAttention } from './operator.js';
import type { SigningRun } from './start-signing.js';
import { getState, type Snapshot } from './snapshot.js';
import type { ContractSession, Vendor } from './vendor.js';

const START_RETRY_MS = 500;

/**
 * An employee who knows that the customer is through, and does not see it, asks to look. After a look that was lost with its
 * worker the next one of its own comes a minute and more later.
 */
const CHECK_NOW_AGAIN_SECONDS = 60;

/** A session that asks more often than any number of faults explains is left alone, and so found to be stuck. */
const MAX_DECISIONS = 50;

/** What a human has decided on sessions that needed attention. */
export interface DecisionCounts {
  adopt: number;
  retry: number;
}

/** Everybody outside of the worker: employees, customers, and the human who is asked. */
export interface Actors {
  readonly decisions: DecisionCounts;
  /** An employee starts a session; the play is there once the start was accepted, however long the server is down. */
  start(plan: SigningPlan): void;
  /** Lets everybody do what is due for this session. */
  act(play: SigningRun, situation: Snapshot): void;
}

export interface ActorContext {
  readonly signings: SigningClient;
  readonly vendor: Vendor;
  readonly documentRoot: string;
  readonly tasks: PerSigningTasks;
  readonly onAccepted: (play: SigningRun) => void;
}

export function createActors(context: ActorContext): Actors {
  const { signings, vendor, documentRoot, tasks, onAccepted } = context;
  const decisions: DecisionCounts = { adopt: 0, retry: 0 };

  const start = async (plan: SigningPlan): Promise<void> => {
    const sha256s = writeDocuments(documentRoot, plan);
    await vendor.addFaults(plan.faults);
    await retryUntilAccepted(() => startSigning(signings, plan));
    onAccepted({ plan, sha256s, acceptedAt: Date.now() });
  };
  const resolve = async (play: SigningRun): Promise<void> => {
    const decision = await resolveAttention(signings, play.plan.requestId, () => vendor.contractSessions());
    if (decision === 'not yet') return;
    decisions[decision] += 1;
    play.decisionCount = (play.decisionCount ?? 0) + 1;
  };
  const finish = async (play: SigningRun, session: ContractSession): Promise<void> => {
    await performSteps(vendor, play.plan, session);
    play.actedAt = Date.now();
    // A hint may get lost: then the polling finds out.
    if (play.plan.sendsCheckNow) await signings.check(play.plan.requestId);
  };
  const cancel = async (play: SigningRun): Promise<void> => {
    await signings.cancel(play.plan.requestId).catch((error: unknown) => {
      if (!(error instanceof NotPossibleError)) throw error;
    });
    play.actedAt = Date.now();
  };
  const sendCheckNow = async (play: SigningRun): Promise<void> => {
    play.actedAt = Date.now();
    await signings.check(play.plan.requestId);
  };

  const actAsCustomer = (play: SigningRun, { contractSessions }: Snapshot): void => {
    const { requestId, name, customerSeconds } = play.plan;
    const session = contractSessions.get(name);
    if (session?.handedOver !== true) return;
    play.handedOverAt ??= Date.now();
    if (hasElapsed(play.handedOverAt, customerSeconds)) tasks.start(requestId, () => finish(play, session));
  };

  return {
    decisions,
    start: (plan) => {
      tasks.start(plan.requestId, () => start(plan));
    },
    act: (play, situation) => {
      const { requestId, outcome, staysUnresolved } = play.plan;
      const state = getState(situation, requestId);
      if (state === 'needs-attention' && !staysUnresolved && (play.decisionCount ?? 0) < MAX_DECISIONS)
        tasks.start(requestId, () => resolve(play));
      if (play.actedAt !== undefined) {
        if (state.startsWith('awaiting') && hasElapsed(play.actedAt, CHECK_NOW_AGAIN_SECONDS))
          tasks.start(requestId, () => sendCheckNow(play));
      } else if (outcome.kind === 'cancelled') {
        if (hasElapsed(play.acceptedAt, outcome.seconds)) tasks.start(requestId, () => cancel(play));
      } else if (outcome.kind !== 'expired') actAsCustomer(play, situation);
    },
  };
}

function hasElapsed(since: number, seconds: number): boolean {
  return Date.now() >= since + seconds * 1000;
}

async function retryUntilAccepted(start: () => Promise<void>): Promise<void> {
  for (;;) {
    try {
      await start();
      return;
    } catch (error) {
      if (!(error instanceof NoServerError)) throw error;
      await sleep(START_RETRY_MS);
    }
  }
}
