import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

export interface Sink {
  readonly url: string;
  close(): Promise<void>;
}

/** Starts an upload host in a separate process. */
export async function startSink(latencyMs = 0): Promise<Sink> {
  const child = startProcess('sink-process', [String(latencyMs)]);
  const port = (await waitForMessage(child)) as number;
  return { url: `http://127.0.0.1:${port}/api/v1/files/upload`, close: () => stopProcess(child) };
}

/** Runs a program of this folder and returns the message that it sends at its end. */
export async function runProgram(program: string, args: readonly string[]): Promise<unknown> {
  const child = startProcess(program, args);
  try {
    return await waitForMessage(child);
  } finally {
    await stopProcess(child);
  }
}

function startProcess(program: string, args: readonly string[]): ChildProcess {
  return fork(join(__dirname, `${program}.js`), args, { execArgv: [] });
}

async function waitForMessage(child: ChildProcess): Promise<unknown> {
  const [message] = (await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(([code]) => {
      throw new Error(`A process of the benchmark exited with code ${String(code)}.`);
    }),
  ])) as unknown[];
  return message;
}

async function stopProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  if (child.connected) child.disconnect();
  await ended;
}
