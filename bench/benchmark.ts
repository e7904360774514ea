import type { Measurement } from './measurement.js';

/** `quick`: fewer rounds and fewer signings, for a trend; its figures are no evidence. */
export type Size = 'full' | 'quick';

/** A number of rounds, signings or milliseconds for either size. */
export type PerSize = Readonly<Record<Size, number>>;

/** What a run of benchmarks is asked to do. */
export interface Setup {
  readonly size: Size;
  /** The dev server, or the cluster's server on Postgres. */
  readonly server: 'dev' | 'postgres';
  /** The number of worker processes. */
  readonly workers: number;
}

/** One benchmark. It starts the servers and processes that it needs, and stops them again. */
export interface Benchmark {
  readonly name: string;
  /** Other names that run it: measurements of the same run. */
  readonly aliases?: readonly string[];
  /** The measurement and its reference, in one sentence. */
  readonly description: string;
  /** Whether it can run on Postgres and with several workers. */
  readonly supportsCluster?: true;
  /** @param folder empty; it is removed afterwards */
  run(folder: string, setup: Setup): Promise<readonly Measurement[]>;
}

/** The duration of a task in milliseconds, with a fraction. */
export async function measureMs(task: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await task();
  return performance.now() - start;
}

/**
 * Measures several tasks in turn, so that other load on the machine affects all of them alike. The first `warmUps` rounds
 * do not count.
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
