import fc from 'fast-check';
import { getErrorMessage } from '../../src/shared/errors.js';
import { type ScheduleBounds, arbitrarySchedule, describeSchedule } from './arbitrary-schedule.js';
import type { ScheduleRun } from './recording.js';
import { findViolation } from './rules/index.js';
import type { Schedule } from './schedule.js';

const HOUR = 60 * 60_000;

/** The schedules for the simulated server, and those for a real one. */
export const SIMULATED_BOUNDS: ScheduleBounds = {
  infrastructure: true,
  deadlinesMs: [1_000, 60_000, HOUR, 24 * HOUR, 24 * HOUR, 24 * HOUR, 72 * HOUR, 72 * HOUR],
};
export const REAL_SERVER_BOUNDS: ScheduleBounds = {
  infrastructure: false,
  deadlinesMs: [HOUR, 24 * HOUR, 24 * HOUR, 72 * HOUR],
};

export interface CheckOptions {
  readonly runSchedule: (schedule: Schedule) => Promise<ScheduleRun>;
  readonly bounds: ScheduleBounds;
  readonly runs: number;
  readonly seed: number;
  /** The time limit for shrinking a counterexample, in milliseconds. */
  readonly shrinkMs: number;
  readonly onRun?: (run: ScheduleRun) => void;
}

/** A schedule that violates a rule. */
export interface Counterexample {
  readonly violation: string;
  readonly schedule: Schedule;
  /** The violation, and how to reproduce it. */
  readonly report: string;
}

/** Runs arbitrary schedules until one violates a rule, and shrinks it within the time limit. */
export async function findCounterexample(options: CheckOptions): Promise<Counterexample | undefined> {
  const { runSchedule, bounds, runs, seed, shrinkMs, onRun } = options;
  let running: Promise<ScheduleRun> | undefined;
  const rulesHold = fc.asyncProperty(arbitrarySchedule(bounds), async (schedule) => {
    const run = await (running = runSchedule(schedule));
    onRun?.(run);
    const violation = findViolation(run);
    if (violation !== undefined) throw new Error(violation);
  });
  const found = await fc.check(rulesHold, { numRuns: runs, seed, endOnFailure: true });
  if (!found.failed) return undefined;
  const path = found.counterexamplePath ?? '';
  const shrunk = await fc.check(rulesHold, { numRuns: runs, seed, path, interruptAfterTimeLimit: shrinkMs });
  // An interrupted run continues, and may still fail.
  await running?.catch(() => undefined);
  const smallest = shrunk.counterexample === null ? found : shrunk;
  const [schedule] = smallest.counterexample ?? [];
  const error = smallest.errorInstance;
  if (schedule === undefined) throw new Error('a property that fails has a counterexample');
  const violation = getErrorMessage(error);
  const position = `schedule ${found.numRuns} of seed ${seed}`;
  return {
    violation,
    schedule,
    report: `${violation}\n(${position}, shrunk to:)\n${describeSchedule(schedule)}`,
  };
}
