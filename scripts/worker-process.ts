import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ChildServer } from './child-server.js';

export interface WorkerProcessOptions {
  /** The whole environment. */
  readonly env: NodeJS.ProcessEnv;
  /** Where it runs: a folder without a `.env` file, which the worker would read. */
  readonly folder: string;
  /** The file its log goes to. */
  readonly log: string;
}

const START_SECONDS = 60;

/** Starts the real worker, dist/src/worker.js, as a child process that ends with this one. It may not be ready yet. */
export function spawnWorker({ env, folder, log }: WorkerProcessOptions): ChildServer {
  const file = openSync(log, 'w');
  // Detached: after Ctrl-C in a terminal it is stopped before the servers it speaks to, and not by the terminal.
  const child = spawn(process.execPath, [path.resolve(__dirname, '../src/worker.js')], {
    cwd: folder,
    detached: true,
    env,
    stdio: ['ignore', file, 'pipe'],
  });
  closeSync(file);
  return new ChildServer(child, 'The worker');
}

/** Waits until the worker polls for work. Throws with its own last words when it ends instead. */
export async function untilReady(worker: ChildServer, log: string): Promise<void> {
  await worker.waitUntil(async () => {
    if (readFileSync(log, 'utf8').includes('"worker ready"')) return true;
    await sleep(50);
    return false;
  }, START_SECONDS);
}
