import { setTimeout as sleep } from 'node:timers/promises';
import type { SigningClient } from '../../src/client/index.js';
import type { SigningPlan } from '../plan/signing.js';
import { type DecisionCounts, createActors } from './actors.js';
import { createPerSigningTasks } from './per-signing-tasks.js';
import type { KillCounts, ProcessKiller } from './process-killer.js';
import {
  type Snapshot,
  type StateCounts,
  countStates,
  getState,
  isFinalState,
  takeSnapshot,
} from './snapshot.js';
import type { SigningRun } from './start-signing.js';
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
  /** How many effects the vendor has had. */
  readonly effects: number;
  readonly killCounts: KillCounts;
}

export interface RunResult {
  readonly runs: readonly SigningRun[];
  readonly decisions: DecisionCounts;
  /** How many actions of people have failed, by the name of the error. */
  readonly failedTasks: ReadonlyMap<string, number>;
}

const POLL_INTERVAL_MS = 1_000;

/**
 * Inspecting PDFs is the most expensive part, and starts again when its worker is killed: with too many documents at a
 * time no signing would get through.
 */
const MAX_DOCUMENTS_IN_CHECK = 24;
/** A signing with many documents whose workers are killed must not hold up all others. */
const MIN_SIGNINGS_IN_CHECK = 3;
const MAX_SENDING = 30;

/** The killing ends before the last signings do, so that their waits do not add up to hours. */
const STOP_KILLING_AT_SHARE = 0.03;
const STOP_KILLING_AFTER_MS = 90_000;
/** Longer than any pause that a fault of this run can cause: without progress for so long, a signing is stuck. */
const STALL_TIMEOUT_MS = 420_000;

/**
 * Runs all signings while processes are killed. Returns when each has ended, waits for an operator who does not come, or
 * is stuck.
 */
export async function runSignings(options: RunOptions): Promise<RunResult> {
  const { plans, signings, vendor, killer, documentRoot, onProgress, signal } = options;
  const runs: SigningRun[] = [];
  let startedCount = 0;
  const tasks = createPerSigningTasks();
  const onAccepted = (run: SigningRun): void => void runs.push(run);
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
    for (const run of runs) actors.act(run, snapshot);

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

/** Returns undefined while the server is down; throws what it met if the server stays down. */
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

/** The signings that can start now, beside those whose documents are still being inspected. */
function selectNext(plans: readonly SigningPlan[], startedCount: number, snapshot: Snapshot): SigningPlan[] {
  const checking = plans
    .slice(0, startedCount)
    .filter(({ requestId }) => getState(snapshot, requestId) === 'checking-documents');
  let documents = checking.reduce((sum, plan) => sum + plan.documents.length, 0);
  const next: SigningPlan[] = [];
  for (const plan of plans.slice(startedCount)) {
    documents += plan.documents.length;
    const signings = checking.length + next.length;
    if (documents > MAX_DOCUMENTS_IN_CHECK && signings >= MIN_SIGNINGS_IN_CHECK) break;
    next.push(plan);
  }
  return next;
}

/** Whether a signing has ended, or waits for an operator who does not come. */
function isSettled({ requestId, staysUnresolved }: SigningPlan, snapshot: Snapshot): boolean {
  const state = getState(snapshot, requestId);
  return isFinalState(state) || (staysUnresolved && state === 'needs-attention');
}

/** Measures how long nothing has changed. */
interface StallDetector {
  observe(fingerprint: string): void;
  stalledMs(): number;
}

function createStallDetector(): StallDetector {
  let last = '';
  let changedAt = Date.now();
  return {
    observe: (fingerprint) => {
      if (fingerprint !== last) changedAt = Date.now();
      last = fingerprint;
    },
    stalledMs: () => Date.now() - changedAt,
  };
}
