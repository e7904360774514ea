import type { Parameters } from 'fast-check';

/** `HOSTILE_TIMES=100 npx jest hostile` runs a hundred times as many cases; `npm test` runs few, always the same. */
const TIMES = Number(process.env['HOSTILE_TIMES'] ?? '1');
const SEED = Number(process.env['HOSTILE_SEED'] ?? '20240229');

/** For `fc.assert`: so many cases, or as many times more as were asked for. Counterexamples name their seed and path. */
export const cases = (few: number): Parameters<unknown> => ({
  numRuns: Math.ceil(few * TIMES),
  seed: SEED,
  endOnFailure: true,
});

/** The time limit of a test, in milliseconds, that takes up to so many seconds for its few cases. */
export const within = (seconds: number): number => seconds * 1000 * Math.max(1, TIMES);

/** How much the memory of this process has grown while the work was done, in bytes, garbage aside. */
export async function growth(work: () => Promise<unknown>): Promise<number> {
  const before = process.memoryUsage.rss();
  await work();
  return process.memoryUsage.rss() - before;
}
