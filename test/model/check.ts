import fc from 'fast-check';
import { arbitrarySchedule, describeSchedule, type ScheduleBounds } from './arbitrary-schedule.js';
import type { ScheduleRun } from './recording.js';
import { findViolation } from './rules/index.js';
import type { Schedule } from './schedule.js';

const HOUR = 60 * 60_000;

/** What can happen on the simulated server, and what on a real one. */
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
  /** How long a counterexample may be made smaller, in milliseconds. */
  readonly shrinkMs: number;
  readonly onRun?: (played: ScheduleRun) => void;
}

/** A schedule for which a rule does not hold. */
export interface Counterexample {
  readonly violation: string;
  readonly schedule: Schedule;
  /** What was found, after how many schedules, and how to find it again. */
  readonly report: string;
}

/** Plays arbitrary schedules until a rule does not hold, and makes the schedule as small as it can in its time. */
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
  // What is interrupted goes on by itself, and may fail by itself.
  await running?.catch(() => undefined);
  const smallest = shrunk.counterexample === null ? found : shrunk;
  const [schedule] = smallest.counterexample ?? [];
  const error = smallest.errorInstance;
  if (schedule === undefined) throw new Error('a property that fails has a counterexample');
  const violation = error instanceof Error ? error.message : String(error);
  const position = `schedule ${found.numRuns} of seed ${seed}`;
  return {
    violation,
    schedule,
    report: `${violation}\n(${position}, as small as it was made:)\n${describeSchedule(schedule)}`,
  };
}
