import { parseArgs } from 'node:util';
import type { Benchmark, Setup } from './benchmark.js';

/** What the command line asks for. */
export interface BenchArguments {
  readonly selected: readonly Benchmark[];
  readonly setup: Setup;
}

/** @throws Error with one sentence for an unknown benchmark, or for one that cannot run on this setup */
export function parseBenchArguments(args: string[], benchmarks: readonly Benchmark[]): BenchArguments {
  const { values, positionals: names } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      quick: { type: 'boolean', default: false },
      postgres: { type: 'boolean', default: false },
      workers: { type: 'string', default: '1' },
    },
  });
  const workers = Number(values.workers);
  if (!Number.isInteger(workers) || workers < 1)
    throw new Error('--workers is the number of workers, such as 2.');
  const needsCluster = values.postgres || workers > 1;
  const possible = needsCluster ? benchmarks.filter(({ supportsCluster }) => supportsCluster) : benchmarks;
  assertKnown(names, possible);
  const isNamed = (benchmark: Benchmark): boolean => getNames(benchmark).some((name) => names.includes(name));
  return {
    selected: names.length === 0 ? possible : possible.filter(isNamed),
    setup: {
      size: values.quick ? 'quick' : 'full',
      server: values.postgres ? 'postgres' : 'dev',
      workers,
    },
  };
}

function assertKnown(names: readonly string[], possible: readonly Benchmark[]): void {
  const known = possible.flatMap(getNames);
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length === 0) return;
  throw new Error(
    `There is no such benchmark here: ${unknown.join(', ')}. Choose from: ${known.join(', ')}.`,
  );
}

function getNames({ name, aliases = [] }: Benchmark): readonly string[] {
  return [name, ...aliases];
}
