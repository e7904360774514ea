import { setTimeout as sleep } from 'node:timers/promises';
import type { SigningClient } from '../../src/client/index.js';
import type { SigningPlan } from '../plan/signing.js';
import { createPerSigningTasks } from './per-signing-tasks.js';
import { createActors, type DecisionCounts } from './actors.js';
import type { SigningRun } from './start-signing.js';
import {
  countStates,
  isFinalState,
  takeSnapshot,
  getState,
  type StateCounts,
  type Snapshot,
} from './snapshot.js';
import type { KillCounts, ProcessKiller } from './process-killer.js';
import type { Vendor } from './vendor.js';

export interface RunOptions {
  readonly plans: readonly SigningPlan[];
  readonly signings: SigningClient;
  readonly vendor: Vendor;
  readonly killer: ProcessKiller;
  readonly documentRoot: string;
  readonly onProgress: (progress: Progress) => void;
  /** Ends the run early, by rejecting. */
  readonly signal: AbortSignal;
}

export interface Progress {
  readonly counts: StateCounts;
  /** How much has happened at the vendor. */
  readonly effects: number;
  readonly killCounts: KillCounts;
}

export interface RunResult {
  readonly runs: readonly SigningRun[];
  readonly decisions: DecisionCounts;
  /** What people were told in vain, by the name of the error. */
  readonly failedTasks: ReadonlyMap<string, number>;
}

const POLL_INTERVAL_MS = 1_000;

/**
 * Employees do not click all at once. Looking at PDFs is the dearest part, and begun again when its worker is killed: with
 * too many documents at a time none would get through.
 */
const MAX_DOCUMENTS_IN_CHECK = 24;
/** A session with many documents that keeps losing its workers must not hold up all others. */
const MIN_SIGNINGS_IN_CHECK = 3;
const MAX_SENDING = 30;

/** The storm ends before the last sessions do, so that their waits do not add up to hours. */
const STOP_KILLING_AT_SHARE = 0.03;
const STOP_KILLING_AFTER_MS = 90_000;
/** Longer than any pause a session can make at this run's faults: what is quiet for so long is stuck. */
const STALL_TIMEOUT_MS = 420_000;

/**
 * Lets all sessions run to their end through the storm. Returns when each has ended, waits for a human who does not come,
 * or is stuck.
 */
export async function runSignings(options: RunOptions): Promise<RunResult> {
  const { plans, signings, vendor, killer, documentRoot, onProgress, signal } = options;
  const runs: SigningRun[] = [];
  let startedCount = 0;
  const tasks = createPerSigningTasks();
  const onAccepted = (play: SigningRun): void => void runs.push(play);
  const actors = createActors({ signings, vendor, documentRoot, tasks, onAccepted });
  const stallDetector = createStallDetector();

  for (;;) {
    await sleep(POLL_INTERVAL_MS, undefined, { signal });
    const snapshot = await trySnapshot(options, stallDetector);
    if (snapshot === undefined) continue;
    const counts = countStates(snapshot, runs);
    const { effects } = snapshot;
    onProgress({ counts, effects, killCounts: killer.killCounts });

    const next = counts.sending < MAX_SENDING ? selectNext(plans, startedCount, snapshot) : [];
    for (const plan of next) actors.start(plan);
    startedCount += next.length;
    for (const play of runs) actors.act(play, snapshot);

    const open = plans.filter((plan) => !isSettled(plan, snapshot)).length;
    if (open === 0 || stallDetector.stalledMs() > STALL_TIMEOUT_MS) break;
    if (
      open <= Math.max(1, plans.length * STOP_KILLING_AT_SHARE) ||
      stallDetector.stalledMs() > STOP_KILLING_AFTER_MS
    )
      void killer.stop();
  }
  await killer.stop();
  await tasks.whenIdle();
  return { runs, decisions: actors.decisions, failedTasks: tasks.failed };
}

/** Nothing can be seen while the server is down; that it does not come back is thrown. */
async function trySnapshot(
  { plans, signings, vendor }: RunOptions,
  stallDetector: StallDetector,
): Promise<Snapshot | undefined> {
  try {
    const snapshot = await takeSnapshot(signings, vendor, plans.length * 2);
    stallDetector.observe(snapshot.fingerprint);
    return snapshot;
  } catch (error) {
    if (stallDetector.stalledMs() > STALL_TIMEOUT_MS) throw error;
    return undefined;
  }
}

/** The sessions that can begin now, beside those whose documents are still being looked at. */
function selectNext(plans: readonly SigningPlan[], startedCount: number, snapshot: Snapshot): SigningPlan[] {
  const checking = plans
    .slice(0, startedCount)
    .filter(({ requestId }) => getState(snapshot, requestId) === 'checking-documents');
  let documents = checking.reduce((sum, plan) => sum + plan.documents.length, 0);
  const next: SigningPlan[] = [];
  for (const plan of plans.slice(startedCount)) {
    documents += plan.documents.length;
    const sessions = checking.length + next.length;
    if (documents > MAX_DOCUMENTS_IN_CHECK && sessions >= MIN_SIGNINGS_IN_CHECK) break;
    next.push(plan);
  }
  return next;
}

/** Whether nothing more is to be expected of a session. */
function isSettled({ requestId, staysUnresolved }: SigningPlan, snapshot: Snapshot): boolean {
  const state = getState(snapshot, requestId);
  return isFinalState(state) || (staysUnresolved && state === 'needs-attention');
}

/** How long nothing has moved. */
interface StallDetector {
  observe(mark: string): void;
  stalledMs(): number;
}

function createStallDetector(): StallDetector {
  let last = '';
  let changedAt = Date.now();
  return {
    observe: (mark) => {
      if (mark !== last) changedAt = Date.now();
      last = mark;
    },
    stalledMs: () => Date.now() - changedAt,
  };
}
