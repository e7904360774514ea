import type { Measurement } from './measurement.js';

/** One benchmark, run alone by its name. A row brings its own servers and processes up and takes them down again. */
export interface Benchmark {
  readonly name: string;
  /** Other names by which it can be run: figures that come of the same run. */
  readonly aliases?: readonly string[];
  /** What is measured and against which reference, in one sentence. */
  readonly description: string;
  /** `folder` is empty, and removed afterwards. */
  run(folder: string): Promise<readonly Measurement[]>;
}

/** Milliseconds that a task takes, to a fraction. */
export async function measureMs(task: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await task();
  return performance.now() - start;
}

/**
 * Measures several things in turn, so that what else the machine does meets all of them alike. The first round, or as many
 * as `warmUps`, does not count.
 */
export async function interleave<Name extends string>(
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
