import { type ChildProcess, spawn } from 'node:child_process';
import { resolve } from 'node:path';

/** How a command ended. */
export interface CommandResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that runs as a separate process, as a person or a script starts it. */
export interface RunningCli {
  readonly child: ChildProcess;
  readonly result: Promise<CommandResult>;
  /** Resolves when stdout and stderr together have the text; rejects if the command ends without it. */
  waitForOutput(text: string): Promise<void>;
}

export interface CliOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string | Uint8Array;
  readonly cwd: string;
}

/** Keeps the settings of this machine from the command. */
const CLEAN_ENV = { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '' };

export function startCli(args: readonly string[], { env = {}, stdin = '', cwd }: CliOptions): RunningCli {
  const child = spawn(process.execPath, [resolve('dist/src/cli.js'), ...args], {
    cwd,
    env: { ...CLEAN_ENV, ...env },
  });
  const output = { stdout: '', stderr: '' };
  const listeners = new Set<() => void>();
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      output[stream] += text;
      for (const listener of listeners) listener();
    });
  }
  // A command that fails early closes the pipe.
  child.stdin.on('error', () => undefined).end(stdin);
  const result = new Promise<CommandResult>((done) => {
    child.once('close', (code) => {
      done({ code, ...output });
    });
  });
  const waitForOutput = (text: string): Promise<void> =>
    new Promise((done, reject) => {
      const check = (): void => {
        if (!`${output.stdout}\n${output.stderr}`.includes(text)) return;
        listeners.delete(check);
        done();
      };
      listeners.add(check);
      check();
      void result.then(({ code, stdout, stderr }) => {
        reject(new Error(`ended with ${String(code)} without "${text}":\n${stdout}\n${stderr}`));
      });
    });
  return { child, result, waitForOutput };
}

export function runCli(args: readonly string[], options: CliOptions): Promise<CommandResult> {
  return startCli(args, options).result;
}

/** The one JSON document on stdout. */
export function parseJson({ stdout }: CommandResult): unknown {
  return JSON.parse(stdout);
}

/** The `error` of a result in JSON. */
export function parseError(answer: CommandResult): { type: string; message: string; problems?: unknown[] } {
  return (parseJson(answer) as { error: { type: string; message: string } }).error;
}
