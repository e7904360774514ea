import { createHash } from 'node:crypto';
import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { ChildServer } from './child-server.js';

/** A key in the form of `SIGNING_GATEWAY_KEYS`: its name, and its SHA-256 alone. */
export function hashGatewayKey(name: string, key: string): string {
  return `${name}:${createHash('sha256').update(key).digest('hex')}`;
}

const DIST = path.resolve(__dirname, '../..');
const READY_TIMEOUT_SECONDS = 60;

/** What the image gives its programs beside the variables of their own (Dockerfile). */
export const IMAGE_VARIABLES = {
  NODE_ENV: 'production',
  MALLOC_ARENA_MAX: '2',
  NODE_OPTIONS: '--max-old-space-size=400 --max-semi-space-size=4 --enable-source-maps',
} as const;

/** The worker or the gateway, ready. */
export interface Program {
  readonly server: ChildServer;
  /** What it said when it was ready. */
  readonly readyEntry: Readonly<Record<string, unknown>>;
}

/**
 * Starts the worker or the gateway as it runs in production, dist/src/{name}.js in a process of its own, and waits until
 * it is ready. What counts are the given variables and the image's alone. Throws one sentence when it does not come up.
 */
export async function startProgram(
  name: 'worker' | 'gateway',
  variables: Readonly<Record<string, string>>,
  logFile?: string,
): Promise<Program> {
  // In dist/ there is neither a .env nor, as its home, a configuration of Temporal.
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
