import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 50;
const STALL_TIMEOUT_MS = 120_000;

export interface Batch {
  readonly count: number;
  /** How many run at any time. */
  readonly concurrency: number;
  /** Between two counts of those that are done; 50 ms by default. */
  readonly pollMs?: number;
}

/**
 * Calls `start` `count` times, and resolves when `countDone` has grown by as many.
 * @throws Error with the text of `describePending` if the count does not grow for two minutes
 */
export async function runBatch(
  { count, concurrency, pollMs = POLL_MS }: Batch,
  start: () => Promise<unknown>,
  countDone: () => Promise<number>,
  describePending: () => Promise<string> = () => Promise.resolve(''),
): Promise<void> {
  const before = await countDone();
  let [started, done, progressedAt] = [0, 0, Date.now()];
  while (done < count) {
    const more = Math.min(count, done + concurrency) - started;
    await Promise.all(Array.from({ length: more }, start));
    started += more;
    await sleep(pollMs);
    const now = (await countDone()) - before;
    if (now > done) progressedAt = Date.now();
    done = now;
    if (Date.now() - progressedAt > STALL_TIMEOUT_MS)
      throw new Error(
        `Only ${done} of ${count} are done, and none in the last two minutes. ${await describePending()}`.trimEnd(),
      );
  }
}
