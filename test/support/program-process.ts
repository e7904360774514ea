import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { killOnParentExit } from '../../scripts/processes/watchdog.js';

/** The gateway as it runs in production, on a free port of 127.0.0.1. */
export interface GatewayProcess extends ProgramProcess {
  readonly url: string;
}

/** Starts the gateway with these variables alone, and waits until it says that it is ready. */
export async function startGatewayProcess(env: NodeJS.ProcessEnv, node?: string): Promise<GatewayProcess> {
  const variables = { SIGNING_GATEWAY_ADDRESS: '127.0.0.1:0', ...env };
  const gateway = spawnProgram('dist/src/gateway.js', variables, node);
  await gateway.waitFor('"gateway ready"');
  const [, url = ''] = /"address":"([^"]+)"/.exec(gateway.output()) ?? [];
  return { ...gateway, url };
}

const READY_TIMEOUT_SECONDS = 40;

/** What a process left behind: its exit code, or the signal that ended it. */
export interface ProcessExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A program as it runs in production: an entry point of dist/src in a process of its own. */
export interface ProgramProcess {
  readonly pid: number;
  /** Everything it has written so far, stdout and stderr. */
  output(): string;
  stderr(): string;
  /** Resolves once it writes a line that holds the text; throws when it ends before. */
  waitFor(text: string): Promise<void>;
  kill(signal: NodeJS.Signals): void;
  /** Resolves when it has ended, by itself or by a signal. */
  readonly exited: Promise<ProcessExit>;
}

export type WorkerProcess = ProgramProcess;

/** Starts the worker with these variables alone and does not wait for it; the one of this build, or another program. */
export function spawnWorker(
  env: NodeJS.ProcessEnv,
  program = 'dist/src/worker.js',
  node?: string,
): WorkerProcess {
  return spawnProgram(program, env, node);
}

/** The same for any entry point; `node`: the program of another version of Node than this process's. */
export function spawnProgram(
  program: string,
  env: NodeJS.ProcessEnv,
  node = process.execPath,
): ProgramProcess {
  // In a folder without .env and without a configuration of Temporal: what counts is what the test says.
  const cwd = resolve('dist');
  const child = spawn(node, [resolve(program)], {
    cwd,
    env: { PATH: process.env['PATH'], HOME: cwd, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const pid = child.pid ?? -1;
  const watchdog = killOnParentExit(pid);
  const written = { output: '', stderr: '' };
  let hasEnded = false;
  child.stdout.on('data', (chunk: Buffer) => (written.output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => {
    written.output += chunk.toString();
    written.stderr += chunk.toString();
  });
  const exited = new Promise<ProcessExit>((done) => {
    child.once('close', (code, signal) => {
      hasEnded = true;
      watchdog.release();
      done({ code, signal });
    });
  });
  return {
    pid,
    output: () => written.output,
    stderr: () => written.stderr,
    waitFor: async (text) => {
      const giveUp = Date.now() + READY_TIMEOUT_SECONDS * 1000;
      while (!written.output.includes(text)) {
        if (hasEnded) throw new Error(`${program} ended before it said "${text}":\n${written.output}`);
        if (Date.now() > giveUp) throw new Error(`${program} did not say "${text}":\n${written.output}`);
        await sleep(50);
      }
    },
    kill: (signal) => {
      if (!hasEnded) child.kill(signal);
    },
    exited,
  };
}

/** Starts the worker and waits until it says that it is ready. */
export async function startWorkerProcess(env: NodeJS.ProcessEnv, program?: string): Promise<WorkerProcess> {
  const worker = spawnWorker(env, program);
  await worker.waitFor('"worker ready"');
  return worker;
}
