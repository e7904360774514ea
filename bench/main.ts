import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseBenchArguments } from './arguments.js';
import type { Benchmark, Setup } from './benchmark.js';
import { benchmarks } from './benchmarks/index.js';
import { type Summary, summarize } from './measurement.js';
import { formatTable } from './table.js';

/** Keeps the results of every run as JSON. */
const RESULTS_FOLDER = '.bench';

/**
 * `npm run bench` runs all benchmarks, `npm run bench -- NAME …` those named. `--quick` takes fewer rounds and signings: all
 * benchmarks together end within five minutes. With `--postgres`, the Temporal server is the cluster's; `--workers 2` starts
 * two worker processes.
 */
async function main(args: string[]): Promise<void> {
  const { selected, setup } = parseBenchArguments(args, benchmarks);
  const machine = `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GB, Node ${process.version}`;
  console.log(`${machine}; ${describeSetup(setup)}`);
  const results: Record<string, readonly Summary[]> = {};
  for (const benchmark of selected) results[benchmark.name] = await measure(benchmark, setup);
  await mkdir(RESULTS_FOLDER, { recursive: true });
  const file = join(RESULTS_FOLDER, `${new Date().toISOString().replaceAll(':', '-')}.json`);
  await writeFile(file, JSON.stringify({ machine, setup, results }, null, 2));
  console.log(`\nWritten to ${file}`);
}

function describeSetup({ size, server, workers }: Setup): string {
  const name = server === 'dev' ? 'dev server' : 'server on Postgres';
  return `${name}, ${workers} worker${workers === 1 ? '' : 's'}${size === 'quick' ? ', quick' : ''}`;
}

async function measure(benchmark: Benchmark, setup: Setup): Promise<readonly Summary[]> {
  console.log(`\n${benchmark.name}: ${benchmark.description}`);
  const folder = await mkdtemp(join(tmpdir(), 'signing-bench-'));
  try {
    const summaries = (await benchmark.run(folder, setup)).map(summarize);
    console.log(formatTable(summaries));
    return summaries;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
