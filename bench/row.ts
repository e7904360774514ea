import type { Figure } from './figure.js';

/** One benchmark, run alone by its name. A row brings its own servers and processes up and takes them down again. */
export interface Row {
  readonly name: string;
  /** Other names by which it can be run: figures that come of the same run. */
  readonly also?: readonly string[];
  /** What is measured and against which reference, in one sentence. */
  readonly about: string;
  /** `folder` is empty, and removed afterwards. */
  run(folder: string): Promise<readonly Figure[]>;
}

/** Milliseconds that a task takes, to a fraction. */
export async function timed(task: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await task();
  return performance.now() - start;
}

/**
 * Measures several things in turn, so that what else the machine does meets all of them alike. The first round, or as many
 * as `warmUps`, does not count.
 */
export async function inTurn<Name extends string>(
  rounds: number,
  tasks: Readonly<Record<Name, () => Promise<number>>>,
  warmUps = 1,
): Promise<Record<Name, number[]>> {
  const names = Object.keys(tasks) as Name[];
  const samples = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
  for (let round = 0; round < warmUps + rounds; round += 1) {
    for (const name of names) {
      const sample = await tasks[name]();
      if (round >= warmUps) samples[name].push(sample);
    }
  }
  return samples;
}
