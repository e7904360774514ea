import { setTimeout as sleep } from 'node:timers/promises';
import { NoServerError, NotPossibleError, type SigningClient } from '../../src/client/index.js';
import type { SigningPlan } from '../plan/signing.js';
import { performSteps } from './customer-actions.js';
import { writeDocuments } from './documents.js';
import { resolveAttention } from './operator.js';
import type { PerSigningTasks } from './per-signing-tasks.js';
import { type Snapshot, getState } from './snapshot.js';
import { startSigning } from './start-signing.js';
import type { SigningRun } from './start-signing.js';
import type { ContractSession, Vendor } from './vendor.js';

const START_RETRY_MS = 500;

/**
 * An employee who knows that the customer has finished, and does not see it, sends `checkNow`. If a poll was lost with its
 * worker, the next one follows more than a minute later.
 */
const CHECK_NOW_AGAIN_SECONDS = 60;

/** More than the faults of a signing can explain: the operator then leaves it alone, and the check finds it stuck. */
const MAX_DECISIONS = 50;

/** What the operator has decided on signings that needed attention. */
export interface DecisionCounts {
  adopt: number;
  retry: number;
}

/** The people: employees, customers and the operator. */
export interface Actors {
  readonly decisions: DecisionCounts;
  /** An employee starts a signing, and retries until the server accepts it. */
  start(plan: SigningPlan): void;
  /** Starts the actions that are due for this signing. */
  act(run: SigningRun, snapshot: Snapshot): void;
}

export interface ActorContext {
  readonly signings: SigningClient;
  readonly vendor: Vendor;
  readonly documentRoot: string;
  readonly tasks: PerSigningTasks;
  readonly onAccepted: (run: SigningRun) => void;
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
  const resolve = async (run: SigningRun): Promise<void> => {
    const decision = await resolveAttention(signings, run.plan.requestId, () => vendor.contractSessions());
    if (decision === 'not yet') return;
    decisions[decision] += 1;
    run.decisionCount = (run.decisionCount ?? 0) + 1;
  };
  const finish = async (run: SigningRun, session: ContractSession): Promise<void> => {
    await performSteps(vendor, run.plan, session);
    run.actedAt = Date.now();
    // A `checkNow` may get lost; then the signing's own polling notices.
    if (run.plan.sendsCheckNow) await signings.check(run.plan.requestId);
  };
  const cancel = async (run: SigningRun): Promise<void> => {
    await signings.cancel(run.plan.requestId).catch((error: unknown) => {
      if (!(error instanceof NotPossibleError)) throw error;
    });
    run.actedAt = Date.now();
  };
  const sendCheckNow = async (run: SigningRun): Promise<void> => {
    run.actedAt = Date.now();
    await signings.check(run.plan.requestId);
  };

  const actAsCustomer = (run: SigningRun, { contractSessions }: Snapshot): void => {
    const { requestId, name, customerSeconds } = run.plan;
    const session = contractSessions.get(name);
    if (session?.handedOver !== true) return;
    run.handedOverAt ??= Date.now();
    if (hasElapsed(run.handedOverAt, customerSeconds)) tasks.start(requestId, () => finish(run, session));
  };

  return {
    decisions,
    start: (plan) => {
      tasks.start(plan.requestId, () => start(plan));
    },
    act: (run, snapshot) => {
      const { requestId, outcome, staysUnresolved } = run.plan;
      const state = getState(snapshot, requestId);
      if (state === 'needs-attention' && !staysUnresolved && (run.decisionCount ?? 0) < MAX_DECISIONS)
        tasks.start(requestId, () => resolve(run));
      if (run.actedAt !== undefined) {
        if (state.startsWith('awaiting') && hasElapsed(run.actedAt, CHECK_NOW_AGAIN_SECONDS))
          tasks.start(requestId, () => sendCheckNow(run));
      } else if (outcome.kind === 'cancelled') {
        if (hasElapsed(run.acceptedAt, outcome.seconds)) tasks.start(requestId, () => cancel(run));
      } else if (outcome.kind !== 'expired') actAsCustomer(run, snapshot);
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
