import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ChildServer } from '../child-server.js';
import { runCommand } from '../commands.js';
import { cacheFolder } from '../machine-cache.js';
import { freePort } from '../ports.js';
import { findPostgres } from './postgres-binaries.js';
import { giveToUnprivileged, unprivileged } from './run-as.js';

/** A Postgres on 127.0.0.1: user `temporal`, without a password. */
export interface Postgres {
  readonly port: number;
  /** Rejects when it ends without having been told to; never resolves. */
  endsByItself(): Promise<never>;
  /** Ends it by SIGKILL and waits until it is gone, as after a crash. */
  kill(): Promise<void>;
  stop(): Promise<void>;
}

const USER = 'temporal';
const START_SECONDS = 60;

/**
 * Starts a Postgres whose data lie in `folder`, and waits until it takes connections; on the data that lie there already,
 * also after it was killed. Throws one sentence when there is none here or it does not come up.
 */
export async function startPostgres(folder: string, chosenPort?: number): Promise<Postgres> {
  const data = path.join(folder, 'data');
  const binaries = await prepare(folder, data);
  const port = chosenPort ?? (await freePort());
  const args = ['-D', data, '-h', '127.0.0.1', '-p', String(port), '-k', folder, '-c', 'max_connections=200'];
  const child = spawn(path.join(binaries, 'postgres'), args, {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    cwd: folder,
    env: { PATH: process.env['PATH'] },
    ...unprivileged(),
  });
  // A fast shutdown: it waits for no client to leave.
  const server = new ChildServer(child, 'Postgres', 'SIGINT');
  await server.waitUntil(async () => {
    await sleep(50);
    return server.hasSaid('ready to accept connections');
  }, START_SECONDS);
  return {
    port,
    endsByItself: () => server.endsByItself(),
    kill: () => {
      server.kill();
      return server.stop();
    },
    stop: () => server.stop(),
  };
}

/** Makes the database where there is none yet. Returns the folder with the programs. */
async function prepare(folder: string, data: string): Promise<string> {
  const found = await findPostgres();
  const user = unprivileged();
  const binaries = user === undefined ? found : reachable(found, folder);
  if (existsSync(path.join(data, 'PG_VERSION'))) return binaries;
  mkdirSync(data, { mode: 0o700 });
  giveToUnprivileged(folder);
  const args = ['-D', data, '-U', USER, '--auth=trust', '--encoding=UTF8', '--no-locale', '--no-sync'];
  await runCommand(path.join(binaries, 'initdb'), args, { cwd: folder, ...user });
  return binaries;
}

/** The machine's cache of root is closed to others: the programs come along. */
function reachable(binaries: string, folder: string): string {
  if (!binaries.startsWith(cacheFolder())) return binaries;
  const copy = path.join(folder, 'postgres');
  if (!existsSync(copy)) cpSync(path.dirname(binaries), copy, { recursive: true, verbatimSymlinks: true });
  return path.join(copy, 'bin');
}
