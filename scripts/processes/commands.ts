import { execFile } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { getErrorMessage } from '../../src/shared/errors.js';
import { killOnParentExit } from './watchdog.js';

const runFile = promisify(execFile);

export interface CommandOptions {
  /** By default this process's environment. */
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  readonly uid?: number;
  readonly gid?: number;
  readonly timeoutSeconds?: number;
}

/**
 * Runs a program to its end and returns its stdout. The program ends with this process at the latest.
 * @throws Error whose message is the program's first line with "error", else its last line
 */
export async function runCommand(
  program: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<string> {
  const { timeoutSeconds = 0, ...spawned } = options;
  const limits = { timeout: timeoutSeconds * 1000, maxBuffer: 64 * 1024 * 1024 };
  const running = runFile(program, args, { ...spawned, ...limits });
  const { pid } = running.child;
  const watchdog = pid === undefined ? undefined : killOnParentExit(pid);
  try {
    return (await running).stdout;
  } catch (error) {
    throw new Error(extractErrorLine(error), { cause: error });
  } finally {
    watchdog?.release();
  }
}

/** The first executable file called `name` in the folders of PATH. */
export function findOnPath(name: string, env: NodeJS.ProcessEnv = process.env): string | undefined {
  const folders = (env['PATH'] ?? '').split(path.delimiter).filter((folder) => folder !== '');
  return folders.map((folder) => path.join(folder, name)).find(isExecutable);
}

/** Whether this is a file that this user can execute. */
export function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/** Prints a message before a long step, and its progress every half minute, immediately also in a test. */
export async function withProgressLog<T>(message: string, work: Promise<T>): Promise<T> {
  const start = Date.now();
  process.stderr.write(`${message}\n`);
  const interval = setInterval(() => {
    const seconds = Math.round((Date.now() - start) / 1000);
    process.stderr.write(`  still working after ${seconds} seconds\n`);
  }, 30_000);
  try {
    return await work;
  } finally {
    clearInterval(interval);
  }
}

function extractErrorLine(error: unknown): string {
  const { stderr = '', stdout = '' } = error as { stderr?: string; stdout?: string };
  const lines = `${stdout}\n${stderr}`.split('\n').filter((line) => line.trim() !== '');
  const errorLine = lines.find((line) => /error/i.test(line)) ?? lines.at(-1);
  return errorLine ?? getErrorMessage(error);
}
