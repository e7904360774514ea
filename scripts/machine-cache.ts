import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync, existsSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Where things that take long to get are kept, once a machine and outside the repository. */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  const root = env['XDG_CACHE_HOME'];
  const base = root === undefined || root === '' ? path.join(homedir(), '.cache') : root;
  return path.join(base, 'flexperto-signing-worker');
}

/**
 * The folder `name` of the cache, filled by `make` when it does not exist yet. `make` writes into a temporary folder
 * that is renamed at its end, so that a folder of the cache is always complete; of several processes that ask at the
 * same time one makes it and the others wait. What `make` throws is thrown on.
 */
export async function onceAMachine(
  name: string,
  make: (folder: string) => Promise<void>,
  env: NodeJS.ProcessEnv = process.env,
): Promise<string> {
  const cache = cacheFolder(env);
  const folder = path.join(cache, name);
  if (existsSync(folder)) return folder;
  mkdirSync(cache, { recursive: true });
  await locked(`${folder}.lock`, async () => {
    if (!existsSync(folder)) await makeWhole(folder, make);
  });
  return folder;
}

async function makeWhole(folder: string, make: (folder: string) => Promise<void>): Promise<void> {
  const temporary = mkdtempSync(`${folder}.new-`);
  await thenAlways(
    async () => {
      await make(temporary);
      renameSync(temporary, folder);
    },
    () => {
      rmSync(temporary, { recursive: true, force: true });
    },
  );
}

/** Cleans up after the work, also when the process is ended in the middle of it, as by Ctrl-C. */
async function thenAlways(work: () => Promise<void>, cleanUp: () => void): Promise<void> {
  process.once('exit', cleanUp);
  try {
    await work();
  } finally {
    process.off('exit', cleanUp);
    cleanUp();
  }
}

/** The same lock as lock.mjs, which cannot be imported here: that one works before anything is compiled. */
async function locked(file: string, work: () => Promise<void>): Promise<void> {
  for (let waited = 0; !take(file); waited += 1) {
    if (isAbandoned(file)) rmSync(file, { force: true });
    else await sleep(200);
    if (waited === 10) console.error(`Waiting for another process to get this ready (its mark is ${file}).`);
  }
  await thenAlways(work, () => {
    rmSync(file, { force: true });
  });
}

function take(file: string): boolean {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  }
}

function isAbandoned(file: string): boolean {
  try {
    const holder = Number(readFileSync(file, 'utf8'));
    if (holder > 0) process.kill(holder, 0);
    return false;
  } catch (error) {
    return hasCode(error, 'ESRCH');
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
