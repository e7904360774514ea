import { setTimeout as sleep } from 'node:timers/promises';

const LOOK_MS = 50;

export interface Crowd {
  readonly count: number;
  /** How many are under way at any time, until the last ones have been started. */
  readonly atOnce: number;
}

/** Starts so many of a kind, and resolves when `countDone` has grown by as many. */
export async function inFlight(
  { count, atOnce }: Crowd,
  start: () => Promise<unknown>,
  countDone: () => Promise<number>,
): Promise<void> {
  const before = await countDone();
  for (let started = 0, done = 0; done < count; done = (await countDone()) - before) {
    const more = Math.min(count, done + atOnce) - started;
    await Promise.all(Array.from({ length: more }, start));
    started += more;
    await sleep(LOOK_MS);
  }
}
