import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Benchmark, Size } from './benchmark.js';
import { benchmarks } from './benchmarks/index.js';
import { type Summary, summarize } from './measurement.js';
import { formatTable } from './table.js';

/** Keeps the results of every run as JSON. */
const RESULTS_FOLDER = '.bench';

/**
 * `npm run bench` runs all benchmarks, `npm run bench -- NAME …` those named. `--quick` takes fewer rounds and signings: all
 * benchmarks together end within five minutes.
 */
async function main(args: readonly string[]): Promise<void> {
  const { values, positionals: names } = parseArgs({
    args: [...args],
    options: { quick: { type: 'boolean', default: false } },
    allowPositionals: true,
  });
  const size: Size = values.quick ? 'quick' : 'full';
  const unknown = names.filter((name) => !benchmarks.some((benchmark) => getNames(benchmark).includes(name)));
  if (unknown.length > 0) {
    const known = benchmarks.flatMap(getNames).join(', ');
    throw new Error(`There is no benchmark ${unknown.join(', ')}. Choose from: ${known}.`);
  }
  const machine = `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GB, Node ${process.version}`;
  console.log(machine);
  const results: Record<string, readonly Summary[]> = {};
  for (const benchmark of benchmarks) {
    if (names.length > 0 && !getNames(benchmark).some((name) => names.includes(name))) continue;
    results[benchmark.name] = await measure(benchmark, size);
  }
  await mkdir(RESULTS_FOLDER, { recursive: true });
  const file = join(RESULTS_FOLDER, `${new Date().toISOString().replaceAll(':', '-')}.json`);
  await writeFile(file, JSON.stringify({ machine, size, results }, null, 2));
  console.log(`\nWritten to ${file}`);
}

function getNames({ name, aliases = [] }: Benchmark): readonly string[] {
  return [name, ...aliases];
}

async function measure(benchmark: Benchmark, size: Size): Promise<readonly Summary[]> {
  console.log(`\n${benchmark.name}: ${benchmark.description}`);
  const folder = await mkdtemp(join(tmpdir(), 'signing-bench-'));
  try {
    const summaries = (await benchmark.run(folder, size)).map(summarize);
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
