import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { summarize, type Summary } from './figure.js';
import type { Row } from './row.js';
import { rows } from './rows/index.js';
import { table } from './table.js';

/** Where the figures of every run are kept as JSON. */
const RESULTS = '.bench';

/** `npm run bench` runs all rows, `npm run bench -- NAME …` those named. */
async function main(names: readonly string[]): Promise<void> {
  const unknown = names.filter((name) => !rows.some((row) => namesOf(row).includes(name)));
  if (unknown.length > 0) {
    const known = rows.flatMap(namesOf).join(', ');
    throw new Error(`There is no benchmark ${unknown.join(', ')}; there are: ${known}.`);
  }
  const machine = `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GB, Node ${process.version}`;
  console.log(machine);
  const results: Record<string, readonly Summary[]> = {};
  for (const row of rows) {
    if (names.length > 0 && !namesOf(row).some((name) => names.includes(name))) continue;
    results[row.name] = await measure(row);
  }
  await mkdir(RESULTS, { recursive: true });
  const file = join(RESULTS, `${new Date().toISOString().replaceAll(':', '-')}.json`);
  await writeFile(file, JSON.stringify({ machine, results }, null, 2));
  console.log(`\nWritten to ${file}`);
}

function namesOf({ name, also = [] }: Row): readonly string[] {
  return [name, ...also];
}

async function measure(row: Row): Promise<readonly Summary[]> {
  console.log(`\n${row.name}: ${row.about}`);
  const folder = await mkdtemp(join(tmpdir(), 'signing-bench-'));
  try {
    const summaries = (await row.run(folder)).map(summarize);
    console.log(table(summaries));
    return summaries;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
