import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { InspectionAnswer, InspectionJob } from './verdict.js';

/** An answer, or how the process ended without one, which says nothing about the file. */
export type JobOutcome = { readonly answer: InspectionAnswer } | { readonly interruption: string };

/** A process that inspects one file after the other. It does not keep the calling process alive, and ends with it. */
export interface InspectionChild {
  /** `false` once it has ended or is ending. */
  isUsable(): boolean;
  /** Whether it has had a job before. */
  isUsed(): boolean;
  /** One job at a time. @throws the signal's reason if it is aborted; the process has ended then */
  runJob(job: InspectionJob, signal?: AbortSignal): Promise<JobOutcome>;
}

export const INSPECTION_PROGRAM = join(__dirname, 'inspection-process.js');

/** An idle process costs 75 MB, so it ends this long after its last job. */
const IDLE_TIMEOUT_MS = 60_000;

/** Ten times the processor time of a job: a job that takes longer waits for the machine or its file system. */
const JOB_TIMEOUT_MS = 5 * 60_000;

/** Node needs these where libraries or system files are in unusual places. No key and no proxy is passed. */
const PASSED_VARIABLES = ['LD_LIBRARY_PATH', 'SystemRoot'];

/** Never throws: a process that cannot be started interrupts its first job. */
export function startInspectionChild(program = INSPECTION_PROGRAM): InspectionChild {
  let child: ChildProcess;
  try {
    child = fork(program, [], {
      env: createEnvironment(),
      execArgv: [],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      // A separate process group: a signal to the worker's group must not interrupt an inspection.
      detached: true,
    });
  } catch (error) {
    return createUnstartedChild(describeStartError(error));
  }
  const kill = (): void => void child.kill('SIGKILL');
  const exit = waitForExit(child);
  let hasEnded = false;
  let isUsed = false;
  let idleTimer: NodeJS.Timeout | undefined;
  void exit.then(() => (hasEnded = true));
  return {
    isUsable: () => !hasEnded,
    isUsed: () => isUsed,
    runJob: async (job, signal) => {
      signal?.throwIfAborted();
      isUsed = true;
      clearTimeout(idleTimer);
      setKeepAlive(child, true);
      const jobTimer = setTimeout(kill, JOB_TIMEOUT_MS);
      signal?.addEventListener('abort', kill, { once: true });
      try {
        const outcome = await sendJob(child, job, exit);
        if ('interruption' in outcome || signal?.aborted === true) {
          hasEnded = true;
          kill();
          await exit;
          signal?.throwIfAborted();
        } else hasEnded ||= outcome.answer.isLast === true;
        return outcome;
      } finally {
        clearTimeout(jobTimer);
        signal?.removeEventListener('abort', kill);
        setKeepAlive(child, false);
        idleTimer = setTimeout(kill, IDLE_TIMEOUT_MS).unref();
      }
    },
  };
}

async function sendJob(child: ChildProcess, job: InspectionJob, exit: Promise<string>): Promise<JobOutcome> {
  const answered = new Promise<JobOutcome>((resolve) => {
    child.once('message', (answer: InspectionAnswer) => {
      resolve({ answer });
    });
  });
  // If the process ends before it takes the job, `exit` reports it.
  child.send(job, () => undefined);
  return Promise.race([answered, exit.then((interruption) => ({ interruption }))]);
}

/** Resolves with how the process ended, once it is over and all its answers have arrived. */
async function waitForExit(child: ChildProcess): Promise<string> {
  const failed = new Promise<string>((resolve) => {
    child.on('error', (error) => {
      if (child.pid === undefined) resolve(describeStartError(error));
    });
  });
  const exited = new Promise<string>((resolve) => {
    child.once('exit', (code, signal) => {
      resolve(signal === null ? `its process ended with code ${code}` : `its process was ended by ${signal}`);
    });
  });
  const closed = once(child, 'disconnect').catch(() => undefined);
  return Promise.race([failed, Promise.all([exited, closed]).then(([reason]) => reason)]);
}

function describeStartError(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
  return `its process could not be started (${code})`;
}

const createUnstartedChild = (interruption: string): InspectionChild => ({
  isUsable: () => false,
  isUsed: () => false,
  runJob: () => Promise.resolve({ interruption }),
});

/** Whether this process waits for its child. */
function setKeepAlive(child: ChildProcess, isNeeded: boolean): void {
  for (const handle of [child, child.channel]) {
    if (isNeeded) handle?.ref();
    else handle?.unref();
  }
}

function createEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    PASSED_VARIABLES.flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
