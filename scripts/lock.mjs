import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Runs `work` while no other process of this machine runs work under the same lock file, so that two commands
 * that start at the same time in a fresh clone do not install or build over each other.
 */
export async function withLock(file, work) {
  mkdirSync(dirname(file), { recursive: true });
  for (let waited = 0; !tryLock(file); waited += 1) {
    if (isStaleLock(file)) rmSync(file, { force: true });
    else await sleep(200);
    if (waited === 10) process.stderr.write(`Waiting for another command to finish (lock file: ${file}).\n`);
  }
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}

function tryLock(file) {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

/** Whether the process that holds the lock is gone. */
function isStaleLock(file) {
  try {
    const holder = Number(readFileSync(file, 'utf8'));
    // An empty file is a lock whose holder is about to write its id.
    if (holder > 0) process.kill(holder, 0);
    return false;
  } catch (error) {
    return error.code === 'ESRCH';
  }
}
