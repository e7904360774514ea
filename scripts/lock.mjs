import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Runs `work` while no other process of this machine runs work under the same lock file, so that two commands
 * typed at once in a fresh clone do not install or build on top of each other.
 */
export async function withLock(file, work) {
  mkdirSync(dirname(file), { recursive: true });
  for (let waited = 0; !take(file); waited += 1) {
    if (isAbandoned(file)) rmSync(file, { force: true });
    else await sleep(200);
    if (waited === 10) process.stderr.write(`Waiting for another command to finish (its mark is ${file}).\n`);
  }
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}

function take(file) {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

/** A lock whose process was killed must not block everybody who comes after it. */
function isAbandoned(file) {
  try {
    const holder = Number(readFileSync(file, 'utf8'));
    // Between the creation of the file and the writing of its one line it is empty: that is no abandoned lock.
    if (holder > 0) process.kill(holder, 0);
    return false;
  } catch (error) {
    return error.code === 'ESRCH';
  }
}
