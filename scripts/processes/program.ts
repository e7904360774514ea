import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { ChildServer } from './child-server.js';

/** An entry of `SIGNING_GATEWAY_KEYS`: the name and the SHA-256 of a key. */
export function hashGatewayKey(name: string, key: string): string {
  return `${name}:${createHash('sha256').update(key).digest('hex')}`;
}

const DIST = path.resolve(__dirname, '../..');
const READY_TIMEOUT_SECONDS = 60;

/** The variables that the image sets (Dockerfile). */
export const IMAGE_VARIABLES = {
  NODE_ENV: 'production',
  MALLOC_ARENA_MAX: '2',
  NODE_OPTIONS: '--max-old-space-size=400 --max-semi-space-size=4 --enable-source-maps',
} as const;

/** The worker or the gateway, ready. */
export interface Program {
  readonly server: ChildServer;
  /** The log entry that reports that it is ready. */
  readonly readyEntry: Readonly<Record<string, unknown>>;
}

/**
 * Starts dist/src/{name}.js as in production, with the given variables and the image's alone, and waits until it is ready.
 * @throws Error with one sentence if it does not start
 */
export async function startProgram(
  name: 'worker' | 'gateway',
  variables: Readonly<Record<string, string>>,
  logFile?: string,
): Promise<Program> {
  // dist/ has neither a .env nor, as HOME, a Temporal configuration.
  const child = spawn(process.execPath, [path.join(DIST, `src/${name}.js`)], {
    cwd: DIST,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], HOME: DIST, ...IMAGE_VARIABLES, ...variables },
  });
  const server = new ChildServer(child, `The ${name}`);
  if (logFile !== undefined) child.stdout.pipe(createWriteStream(logFile));
  const readyLine = { ready: '' };
  createInterface({ input: child.stdout }).on('line', (text) => {
    if (text.includes(`"${name} ready"`)) readyLine.ready = text;
  });
  await server.waitUntilReady(async () => {
    await sleep(5);
    return readyLine.ready !== '';
  }, READY_TIMEOUT_SECONDS);
  return { server, readyEntry: JSON.parse(readyLine.ready) as Record<string, unknown> };
}
