import type { Parameters } from 'fast-check';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** `HOSTILE_TIMES=100 npx jest hostile` runs a hundred times as many cases. `npm test` always runs the same few cases. */
const TIMES = Number(process.env['HOSTILE_TIMES'] ?? '1');
const SEED = Number(process.env['HOSTILE_SEED'] ?? '20240229');

/** Options of `fc.assert` for this number of cases, times HOSTILE_TIMES. A counterexample names its seed and path. */
export const runOptions = (few: number): Parameters<unknown> => ({
  numRuns: Math.ceil(few * TIMES),
  seed: SEED,
  endOnFailure: true,
});

/** The time limit in milliseconds of a test whose few cases take up to this many seconds. */
export const timeLimitMs = (seconds: number): number => seconds * 1000 * Math.max(1, TIMES);

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** The additional bytes in use after some work, without those that the work used meanwhile. */
export async function measureRetained(work: () => Promise<unknown>): Promise<number> {
  const before = measureInUse();
  await work();
  return measureInUse() - before;
}

function measureInUse(): number {
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** The bytes by which the process grows during some work, garbage included. */
export async function measureGrowth(work: () => Promise<unknown>): Promise<number> {
  collect();
  const before = process.memoryUsage.rss();
  await work();
  return process.memoryUsage.rss() - before;
}
