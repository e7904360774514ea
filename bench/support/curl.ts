import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { CheckedDocument } from '../../src/domain/request.js';

const run = promisify(execFile);

/** The duration of one `curl -F` in milliseconds: of the whole command, and by curl's own clock without process start. */
export interface CurlTimes {
  readonly command: number;
  readonly ownClock: number;
}

export async function uploadByCurl(
  url: string,
  folder: string,
  { name }: CheckedDocument,
): Promise<CurlTimes> {
  const args = ['--silent', '--fail', '--output', '/dev/null', '--write-out', '%{time_total}'];
  const start = performance.now();
  const { stdout } = await run('curl', [...args, '--form', `file=@${join(folder, name)}`, url]);
  return { command: performance.now() - start, ownClock: Number(stdout) * 1000 };
}

/** The duration of `sha256sum` of these documents in milliseconds. */
export async function hashBySha256sum(
  folder: string,
  documents: readonly CheckedDocument[],
): Promise<number> {
  const start = performance.now();
  await run(
    'sha256sum',
    documents.map(({ name }) => join(folder, name)),
  );
  return performance.now() - start;
}

/** Uploads all in one curl process, which reuses its connections; `concurrency` at a time. */
export async function uploadAllByCurl(
  url: string,
  folder: string,
  documents: readonly CheckedDocument[],
  concurrency: number,
): Promise<void> {
  const args = documents.flatMap(({ name }, index) => [
    ...(index === 0 ? [] : ['--next']),
    ...['--silent', '--fail', '--output', '/dev/null', '--form', `file=@${join(folder, name)}`, url],
  ]);
  await run('curl', ['--parallel', '--parallel-max', String(concurrency), ...args]);
}
