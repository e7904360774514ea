import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Parameters } from 'fast-check';

/** `HOSTILE_TIMES=100 npx jest hostile` runs a hundred times as many cases; `npm test` runs few, always the same. */
const TIMES = Number(process.env['HOSTILE_TIMES'] ?? '1');
const SEED = Number(process.env['HOSTILE_SEED'] ?? '20240229');

/** For `fc.assert`: so many cases, or as many times more as were asked for. Counterexamples name their seed and path. */
export const runOptions = (few: number): Parameters<unknown> => ({
  numRuns: Math.ceil(few * TIMES),
  seed: SEED,
  endOnFailure: true,
});

/** The time limit of a test, in milliseconds, that takes up to so many seconds for its few cases. */
export const timeLimitMs = (seconds: number): number => seconds * 1000 * Math.max(1, TIMES);

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** How many bytes of this process are still in use after some work that were not before, whatever it took meanwhile. */
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

/** How many bytes this process has grown by while it did one piece of work, garbage included. */
export async function measureGrowth(work: () => Promise<unknown>): Promise<number> {
  collect();
  const before = process.memoryUsage.rss();
  await work();
  return process.memoryUsage.rss() - before;
}
