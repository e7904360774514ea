import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findOnPath, runCommand } from '../processes/commands.js';

const PACKAGES_FOLDER = path.resolve(__dirname, '../../../scripts/tools/packages');

/** The name of a cache folder for the packages that `packages/{name}/{file}` pins: another one for other versions. */
export function nameOfPinnedPackages(name: string, file = 'package-lock.json'): string {
  const lockfile = readFileSync(path.join(PACKAGES_FOLDER, name, file));
  return `${name}-${createHash('sha256').update(lockfile).digest('hex').slice(0, 16)}`;
}

/** Installs the packages of `packages/{name}/package-lock.json` into a folder, without running their scripts. */
export async function installPinnedPackages(
  name: string,
  folder: string,
  env: NodeJS.ProcessEnv,
): Promise<void> {
  for (const file of ['package.json', 'package-lock.json'])
    copyFileSync(path.join(PACKAGES_FOLDER, name, file), path.join(folder, file));
  const npm = findOnPath('npm', env) ?? 'npm';
  await runCommand(npm, ['ci', '--prefix', folder, '--ignore-scripts', '--loglevel=error'], { env });
}

/** The machine's cache of downloads and builds, outside of the repository. */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  const root = env['XDG_CACHE_HOME'];
  const base = root === undefined || root === '' ? path.join(homedir(), '.cache') : root;
  return path.join(base, 'flexperto-signing-worker');
}

/**
 * The folder `name` of the cache, filled by `create` unless it exists. `create` writes into a temporary folder that is
 * renamed at the end, so that a folder of the cache is always complete. Of several concurrent processes one creates it and
 * the others wait. An error of `create` is thrown on.
 */
export async function getOrCreateCached(
  name: string,
  create: (folder: string) => Promise<void>,
  env: NodeJS.ProcessEnv = process.env,
): Promise<string> {
  const cache = cacheFolder(env);
  const folder = path.join(cache, name);
  if (existsSync(folder)) return folder;
  mkdirSync(cache, { recursive: true });
  await withFileLock(`${folder}.lock`, async () => {
    if (!existsSync(folder)) await createAtomically(folder, create);
  });
  return folder;
}

async function createAtomically(folder: string, create: (folder: string) => Promise<void>): Promise<void> {
  const temporary = mkdtempSync(`${folder}.new-`);
  await withCleanup(
    async () => {
      await create(temporary);
      renameSync(temporary, folder);
    },
    () => {
      rmSync(temporary, { recursive: true, force: true });
    },
  );
}

/** Cleans up after the work, also if the process ends during it, as by Ctrl-C. */
async function withCleanup(work: () => Promise<void>, cleanUp: () => void): Promise<void> {
  process.once('exit', cleanUp);
  try {
    await work();
  } finally {
    process.off('exit', cleanUp);
    cleanUp();
  }
}

/** The same lock as lock.mjs, which this compiled code cannot import. */
async function withFileLock(file: string, work: () => Promise<void>): Promise<void> {
  for (let attempt = 0; !tryLock(file); attempt += 1) {
    if (isStaleLock(file)) rmSync(file, { force: true });
    else await sleep(200);
    if (attempt === 10) console.error(`Waiting for another process to finish this (lock file: ${file}).`);
  }
  await withCleanup(work, () => {
    rmSync(file, { force: true });
  });
}

function tryLock(file: string): boolean {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (hasErrorCode(error, 'EEXIST')) return false;
    throw error;
  }
}

function isStaleLock(file: string): boolean {
  try {
    const pid = Number(readFileSync(file, 'utf8'));
    if (pid > 0) process.kill(pid, 0);
    return false;
  } catch (error) {
    return hasErrorCode(error, 'ESRCH');
  }
}

/** Without `instanceof Error`: under jest, errors of Node have another class. */
function hasErrorCode(error: unknown, code: string): boolean {
  return (error as { readonly code?: unknown } | null)?.code === code;
}
