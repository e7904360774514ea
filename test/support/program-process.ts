import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { killOnParentExit } from '../../scripts/processes/watchdog.js';

/** The gateway as it runs in production, on a free port of 127.0.0.1. */
export interface GatewayProcess extends ProgramProcess {
  readonly url: string;
}

/** Starts the gateway with these variables alone, and waits until it is ready. */
export async function startGatewayProcess(env: NodeJS.ProcessEnv, node?: string): Promise<GatewayProcess> {
  const variables = { SIGNING_GATEWAY_ADDRESS: '127.0.0.1:0', ...env };
  const gateway = spawnProgram('dist/src/gateway.js', variables, node);
  await gateway.waitFor('"gateway ready"');
  const [, url = ''] = /"address":"([^"]+)"/.exec(gateway.output()) ?? [];
  return { ...gateway, url };
}

const READY_TIMEOUT_SECONDS = 40;

/** The exit code of a process, or the signal that ended it. */
export interface ProcessExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A program as it runs in production: an entry point of dist/src in a separate process. */
export interface ProgramProcess {
  readonly pid: number;
  /** Its stdout and stderr so far. */
  output(): string;
  stderr(): string;
  /** Resolves once its output contains the text. @throws Error if it exits before, or after 40 seconds */
  waitFor(text: string): Promise<void>;
  kill(signal: NodeJS.Signals): void;
  /** Resolves when it has exited. */
  readonly exited: Promise<ProcessExit>;
}

export type WorkerProcess = ProgramProcess;

/** Starts the worker of this build, or another program, with these variables alone, and does not wait for it. */
export function spawnWorker(
  env: NodeJS.ProcessEnv,
  program = 'dist/src/worker.js',
  node?: string,
): WorkerProcess {
  return spawnProgram(program, env, node);
}

/** Starts any entry point; `node` is the path of another version of Node. */
export function spawnProgram(
  program: string,
  env: NodeJS.ProcessEnv,
  node = process.execPath,
): ProgramProcess {
  // A folder without .env and Temporal configuration: only the test's variables count.
  const cwd = resolve('dist');
  const child = spawn(node, [resolve(program)], {
    cwd,
    env: { PATH: process.env['PATH'], HOME: cwd, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const pid = child.pid ?? -1;
  const watchdog = killOnParentExit(pid);
  const written = { output: '', stderr: '' };
  let hasExited = false;
  child.stdout.on('data', (chunk: Buffer) => (written.output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => {
    written.output += chunk.toString();
    written.stderr += chunk.toString();
  });
  const exited = new Promise<ProcessExit>((done) => {
    child.once('close', (code, signal) => {
      hasExited = true;
      watchdog.release();
      done({ code, signal });
    });
  });
  return {
    pid,
    output: () => written.output,
    stderr: () => written.stderr,
    waitFor: async (text) => {
      const deadline = Date.now() + READY_TIMEOUT_SECONDS * 1000;
      while (!written.output.includes(text)) {
        if (hasExited) throw new Error(`${program} exited before it printed "${text}":\n${written.output}`);
        if (Date.now() > deadline) throw new Error(`${program} did not print "${text}":\n${written.output}`);
        await sleep(50);
      }
    },
    kill: (signal) => {
      if (!hasExited) child.kill(signal);
    },
    exited,
  };
}

/** Starts the worker and waits until it is ready. */
export async function startWorkerProcess(env: NodeJS.ProcessEnv, program?: string): Promise<WorkerProcess> {
  const worker = spawnWorker(env, program);
  await worker.waitFor('"worker ready"');
  return worker;
}
