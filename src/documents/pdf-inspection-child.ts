import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { InspectionAnswer, InspectionJob } from './pdf-inspection-messages.js';

/** What came of a job: an answer, or how its process ended without one, which says nothing about the file. */
export type InspectionOutcome = { readonly answer: InspectionAnswer } | { readonly interruption: string };

/** A process that inspects one file after the other. It keeps no other process alive, and ends with the one that asks. */
export interface InspectionChild {
  /** `false` once it has ended or is about to. */
  isUsable(): boolean;
  /** Whether it has done a job before. */
  isUsed(): boolean;
  /** One job at a time. @throws the signal's reason if it is aborted; the process has ended then */
  ask(job: InspectionJob, signal?: AbortSignal): Promise<InspectionOutcome>;
}

export const INSPECTION_PROGRAM = join(__dirname, 'pdf-inspection-process.js');

/** A process that waits for work costs 75 MB: this long after its last job it ends. */
const IDLE_MS = 60_000;

/** Ten times the processor time that a job has: beyond this the machine or its file system stands still. */
const STUCK_MS = 5 * 60_000;

/** What Node itself needs where libraries or system files stand in unusual places. Nothing else: no key, no proxy. */
const NEEDED_BY_NODE = ['LD_LIBRARY_PATH', 'SystemRoot'];

/** Never throws: a process that cannot be started interrupts its first job. */
export function startInspectionChild(program = INSPECTION_PROGRAM): InspectionChild {
  let child: ChildProcess;
  try {
    child = fork(program, [], {
      env: environment(),
      execArgv: [],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      // In a process group of its own: what ends the worker's group must not look like a fault of the file.
      detached: true,
    });
  } catch (error) {
    return neverStarted(notStarted(error));
  }
  const kill = (): void => void child.kill('SIGKILL');
  const ending = endOf(child);
  let isOver = false;
  let isUsed = false;
  let idle: NodeJS.Timeout | undefined;
  void ending.then(() => (isOver = true));
  return {
    isUsable: () => !isOver,
    isUsed: () => isUsed,
    ask: async (job, signal) => {
      signal?.throwIfAborted();
      isUsed = true;
      clearTimeout(idle);
      keepAlive(child, true);
      const stuck = setTimeout(kill, STUCK_MS);
      signal?.addEventListener('abort', kill, { once: true });
      try {
        const outcome = await outcomeOf(child, job, ending);
        if ('interruption' in outcome || signal?.aborted === true) {
          isOver = true;
          kill();
          await ending;
          signal?.throwIfAborted();
        } else isOver ||= outcome.answer.isLast === true;
        return outcome;
      } finally {
        clearTimeout(stuck);
        signal?.removeEventListener('abort', kill);
        keepAlive(child, false);
        idle = setTimeout(kill, IDLE_MS).unref();
      }
    },
  };
}

async function outcomeOf(
  child: ChildProcess,
  job: InspectionJob,
  ending: Promise<string>,
): Promise<InspectionOutcome> {
  const answered = new Promise<InspectionOutcome>((resolve) => {
    child.once('message', (answer: InspectionAnswer) => {
      resolve({ answer });
    });
  });
  // A process that ends before it has taken the job ends the channel: its end says what happened.
  child.send(job, () => undefined);
  return Promise.race([answered, ending.then((interruption) => ({ interruption }))]);
}

/** How the process ends, in words. Resolves only when it is over and all its answers have arrived. */
async function endOf(child: ChildProcess): Promise<string> {
  const failed = new Promise<string>((resolve) => {
    child.on('error', (error) => {
      if (child.pid === undefined) resolve(notStarted(error));
    });
  });
  const exited = new Promise<string>((resolve) => {
    child.once('exit', (code, signal) => {
      resolve(signal === null ? `its process ended with code ${code}` : `its process was ended by ${signal}`);
    });
  });
  const closed = once(child, 'disconnect').catch(() => undefined);
  return Promise.race([failed, Promise.all([exited, closed]).then(([how]) => how)]);
}

function notStarted(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
  return `its process could not be started (${code})`;
}

const neverStarted = (interruption: string): InspectionChild => ({
  isUsable: () => false,
  isUsed: () => false,
  ask: () => Promise.resolve({ interruption }),
});

/** Whether this process waits for its child. */
function keepAlive(child: ChildProcess, isNeeded: boolean): void {
  for (const held of [child, child.channel]) {
    if (isNeeded) held?.ref();
    else held?.unref();
  }
}

function environment(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    NEEDED_BY_NODE.flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
