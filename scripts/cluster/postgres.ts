import { spawn } from 'node:child_process';
import { chownSync, cpSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ChildServer } from '../processes/child-server.js';
import { runCommand } from '../processes/commands.js';
import { findFreePort } from '../processes/ports.js';
import { cacheFolder } from '../tools/cache.js';
import { findPostgres } from './postgres-binaries.js';

/** Postgres refuses to run as root; then it runs as the system's user without rights. */
const UNPRIVILEGED_ID = 65_534;

/** The user for `spawn`: this process's user, unless that is root. */
function getUnprivilegedUser(): { readonly uid: number; readonly gid: number } | undefined {
  return process.getuid?.() === 0 ? { uid: UNPRIVILEGED_ID, gid: UNPRIVILEGED_ID } : undefined;
}

/** Gives a folder and its content to that user. */
function chownToUnprivileged(folder: string): void {
  const user = getUnprivilegedUser();
  if (user === undefined) return;
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) =>
    path.join(folder, name),
  );
  for (const one of [folder, ...paths]) chownSync(one, user.uid, user.gid);
}

/** A Postgres on 127.0.0.1: user `temporal`, without a password. */
export interface Postgres {
  readonly port: number;
  /** Rejects when it exits unexpectedly; never resolves. */
  unexpectedExit(): Promise<never>;
  /** Kills it by SIGKILL, as by a crash, and waits until it has exited. */
  kill(): Promise<void>;
  stop(): Promise<void>;
}

const USER = 'temporal';
const START_TIMEOUT_SECONDS = 60;

/**
 * Starts a Postgres with its data in `folder`, and waits until it accepts connections. Existing data is kept, also after
 * Postgres was killed. @throws Error with one sentence if there is no Postgres or it does not start
 */
export async function startPostgres(folder: string, preferredPort?: number): Promise<Postgres> {
  const data = path.join(folder, 'data');
  const binaries = await initializeDatabase(folder, data);
  const port = preferredPort ?? (await findFreePort());
  const args = ['-D', data, '-h', '127.0.0.1', '-p', String(port), '-k', folder, '-c', 'max_connections=200'];
  const child = spawn(path.join(binaries, 'postgres'), args, {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    cwd: folder,
    env: { PATH: process.env['PATH'] },
    ...getUnprivilegedUser(),
  });
  // A fast shutdown, which does not wait for clients.
  const server = new ChildServer(child, 'Postgres', 'SIGINT');
  await server.waitUntilReady(async () => {
    await sleep(50);
    return server.logIncludes('ready to accept connections');
  }, START_TIMEOUT_SECONDS);
  return {
    port,
    unexpectedExit: () => server.unexpectedExit(),
    kill: () => {
      server.kill();
      return server.stop();
    },
    stop: () => server.stop(),
  };
}

/** Creates the database unless it exists. Returns the folder with the programs. */
async function initializeDatabase(folder: string, data: string): Promise<string> {
  const found = await findPostgres();
  const user = getUnprivilegedUser();
  const binaries = user === undefined ? found : copyToReachableFolder(found, folder);
  if (existsSync(path.join(data, 'PG_VERSION'))) return binaries;
  mkdirSync(data, { mode: 0o700 });
  chownToUnprivileged(folder);
  const args = ['-D', data, '-U', USER, '--auth=trust', '--encoding=UTF8', '--no-locale', '--no-sync'];
  await runCommand(path.join(binaries, 'initdb'), args, { cwd: folder, ...user });
  return binaries;
}

/** Copies the programs, since other users cannot read root's cache. */
function copyToReachableFolder(binaries: string, folder: string): string {
  if (!binaries.startsWith(cacheFolder())) return binaries;
  const copy = path.join(folder, 'postgres');
  if (!existsSync(copy)) cpSync(path.dirname(binaries), copy, { recursive: true, verbatimSymlinks: true });
  return path.join(copy, 'bin');
}
