import { spawn, type ChildProcess } from 'node:child_process';
import { resolve } from 'node:path';

/** How a command line has ended. */
export interface Answer {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command line that runs as a process of its own, as a person or a script would start it. */
export interface RunningCli {
  readonly child: ChildProcess;
  readonly answer: Promise<Answer>;
  /** Resolves once stdout and stderr together hold the text; fails the test when the command ends without it. */
  shows(text: string): Promise<void>;
}

export interface CliOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string | Uint8Array;
  readonly cwd: string;
}

/** Nothing of this machine's own settings reaches the command. */
const CLEAN = { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '' };

export function startCli(args: readonly string[], { env = {}, stdin = '', cwd }: CliOptions): RunningCli {
  const child = spawn(process.execPath, [resolve('dist/src/cli.js'), ...args], {
    cwd,
    env: { ...CLEAN, ...env },
  });
  const said = { stdout: '', stderr: '' };
  const listeners = new Set<() => void>();
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      said[stream] += text;
      for (const listener of listeners) listener();
    });
  }
  // A command that fails before it has read everything closes the pipe.
  child.stdin.on('error', () => undefined).end(stdin);
  const answer = new Promise<Answer>((done) => {
    child.once('close', (code) => {
      done({ code, ...said });
    });
  });
  const shows = (text: string): Promise<void> =>
    new Promise((done, reject) => {
      const look = (): void => {
        if (!`${said.stdout}\n${said.stderr}`.includes(text)) return;
        listeners.delete(look);
        done();
      };
      listeners.add(look);
      look();
      void answer.then(({ code, stdout, stderr }) => {
        reject(new Error(`ended with ${String(code)} without "${text}":\n${stdout}\n${stderr}`));
      });
    });
  return { child, answer, shows };
}

export function runCli(args: readonly string[], options: CliOptions): Promise<Answer> {
  return startCli(args, options).answer;
}

/** The one JSON document on stdout. */
export function jsonOf({ stdout }: Answer): unknown {
  return JSON.parse(stdout);
}

/** The `error` of an answer in JSON. */
export function errorOf(answer: Answer): { type: string; message: string; problems?: unknown[] } {
  return (jsonOf(answer) as { error: { type: string; message: string } }).error;
}
