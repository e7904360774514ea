import fc from 'fast-check';
import { arbitrarySchedule, describeSchedule, type Bounds } from './arbitrary-schedule.js';
import type { Played } from './played.js';
import { objectionTo } from './rules/index.js';
import type { Schedule } from './schedule.js';

const HOUR = 60 * 60_000;

/** What can happen on the simulated server, and what on a real one. */
export const SIMULATED: Bounds = {
  infrastructure: true,
  deadlinesMs: [1_000, 60_000, HOUR, 24 * HOUR, 24 * HOUR, 24 * HOUR, 72 * HOUR, 72 * HOUR],
};
export const REAL: Bounds = { infrastructure: false, deadlinesMs: [HOUR, 24 * HOUR, 24 * HOUR, 72 * HOUR] };

export interface CheckOptions {
  readonly play: (schedule: Schedule) => Promise<Played>;
  readonly bounds: Bounds;
  readonly runs: number;
  readonly seed: number;
  /** How long a counterexample may be made smaller, in milliseconds. */
  readonly shrinkMs: number;
  readonly onPlayed?: (played: Played) => void;
}

/** A schedule for which a rule does not hold. */
export interface Counterexample {
  readonly objection: string;
  readonly schedule: Schedule;
  /** What was found, after how many schedules, and how to find it again. */
  readonly report: string;
}

/** Plays arbitrary schedules until a rule does not hold, and makes the schedule as small as it can in its time. */
export async function findCounterexample(options: CheckOptions): Promise<Counterexample | undefined> {
  const { play, bounds, runs, seed, shrinkMs, onPlayed } = options;
  let playing: Promise<Played> | undefined;
  const rulesHold = fc.asyncProperty(arbitrarySchedule(bounds), async (schedule) => {
    const played = await (playing = play(schedule));
    onPlayed?.(played);
    const objection = objectionTo(played);
    if (objection !== undefined) throw new Error(objection);
  });
  const found = await fc.check(rulesHold, { numRuns: runs, seed, endOnFailure: true });
  if (!found.failed) return undefined;
  const path = found.counterexamplePath ?? '';
  const shrunk = await fc.check(rulesHold, { numRuns: runs, seed, path, interruptAfterTimeLimit: shrinkMs });
  // What is interrupted goes on by itself, and may fail by itself.
  await playing?.catch(() => undefined);
  const smallest = shrunk.counterexample === null ? found : shrunk;
  const [schedule] = smallest.counterexample ?? [];
  const error = smallest.errorInstance;
  if (schedule === undefined) throw new Error('a property that fails has a counterexample');
  const objection = error instanceof Error ? error.message : String(error);
  const where = `schedule ${found.numRuns} of seed ${seed}`;
  return {
    objection,
    schedule,
    report: `${objection}\n(${where}, as small as it was made:)\n${describeSchedule(schedule)}`,
  };
}
