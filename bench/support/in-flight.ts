import { setTimeout as sleep } from 'node:timers/promises';

const LOOK_MS = 50;
const PATIENCE_MS = 120_000;

export interface Crowd {
  readonly count: number;
  /** How many are under way at any time, until the last ones have been started. */
  readonly atOnce: number;
  /** Between two counts of those that are done; 50 ms unless told. */
  readonly lookMs?: number;
}

/**
 * Starts so many of a kind, and resolves when `countDone` has grown by as many. @throws when it does not grow for two
 * minutes, with what `tellOthers` says then
 */
export async function inFlight(
  { count, atOnce, lookMs = LOOK_MS }: Crowd,
  start: () => Promise<unknown>,
  countDone: () => Promise<number>,
  tellOthers: () => Promise<string> = () => Promise.resolve(''),
): Promise<void> {
  const before = await countDone();
  let [started, done, grown] = [0, 0, Date.now()];
  while (done < count) {
    const more = Math.min(count, done + atOnce) - started;
    await Promise.all(Array.from({ length: more }, start));
    started += more;
    await sleep(lookMs);
    const now = (await countDone()) - before;
    if (now > done) grown = Date.now();
    done = now;
    if (Date.now() - grown > PATIENCE_MS)
      throw new Error(
        `${done} of ${count} are done, and no other one for two minutes. ${await tellOthers()}`.trimEnd(),
      );
  }
}
