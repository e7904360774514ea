import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { type InspectionAnswer, type InspectionJob, OUT_OF_MEMORY_EXIT } from './pdf-inspection-messages.js';

/** What one inspection may use. */
export interface InspectionLimits {
  readonly seconds: number;
  /** Resident memory of the inspecting process, all of it: about 75 MB before the file is opened. */
  readonly memoryBytes: number;
}

/** What came of an inspection: an answer, or the end of its process, which then is over by the time this is known. */
export type InspectionOutcome =
  { readonly answer: InspectionAnswer } | { readonly ended: 'too-slow' | 'too-much-memory' | 'broken' };

/** A process that inspects one file after the other. It keeps no other process alive, and ends with the one that asks. */
export interface InspectionChild {
  /** `false` once it has ended or is about to. */
  isUsable(): boolean;
  /** Whether it has inspected a file before. */
  isUsed(): boolean;
  /** One file at a time. @throws the signal's reason if it is aborted; the process has ended then */
  ask(path: string, limits: InspectionLimits, signal?: AbortSignal): Promise<InspectionOutcome>;
}

export const INSPECTION_PROGRAM = join(__dirname, 'pdf-inspection-process.js');

/** A process that waits for work costs 75 MB: this long after its last file it ends. */
const IDLE_MS = 60_000;

/** What Node itself needs where libraries or system files stand in unusual places. Nothing else: no key, no proxy. */
const NEEDED_BY_NODE = ['LD_LIBRARY_PATH', 'SystemRoot'];

/** How a process ended: its exit code, or the signal that ended it. */
type Ending = readonly [code: number | null, signal: NodeJS.Signals | null];

export function startInspectionChild(program = INSPECTION_PROGRAM): InspectionChild {
  const child = fork(program, [], {
    env: environment(),
    execArgv: [],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  const kill = (): void => void child.kill('SIGKILL');
  // An answer may still be on its way when the process has ended: the channel closes behind it.
  const ending = Promise.all([once(child, 'exit'), once(child, 'disconnect')]).then(
    ([how]) => how as unknown as Ending,
  );
  let files = 0;
  let isOver = false;
  let idle: NodeJS.Timeout | undefined;
  const end = async (): Promise<Ending> => {
    isOver = true;
    kill();
    return ending;
  };
  void ending.then(() => (isOver = true));
  return {
    isUsable: () => !isOver,
    isUsed: () => files > 0,
    ask: async (path, limits, signal) => {
      signal?.throwIfAborted();
      clearTimeout(idle);
      keepAlive(child, true);
      const stop = stopper(kill, limits, signal);
      try {
        const answer = await answerTo(child, { path, memoryBytes: limits.memoryBytes }, ending);
        files += 1;
        if (answer === undefined || signal?.aborted === true) {
          const how = await end();
          signal?.throwIfAborted();
          return { ended: stop.isLate() ? 'too-slow' : endOf(how) };
        }
        isOver ||= answer.isLast === true;
        return { answer };
      } finally {
        stop.release();
        keepAlive(child, false);
        idle = setTimeout(kill, IDLE_MS).unref();
      }
    },
  };
}

/** The answer to one job, or undefined when the process has ended without one. */
async function answerTo(
  child: ChildProcess,
  job: InspectionJob,
  ending: Promise<Ending>,
): Promise<InspectionAnswer | undefined> {
  const answered = new Promise<InspectionAnswer>((resolve) => child.once('message', resolve));
  // A process that ends before it has taken the job ends the channel: its end says what happened.
  child.send(job, () => undefined);
  return Promise.race([answered, ending.then(() => undefined)]);
}

/** Ends the process when its time is over, or when nobody wants to know any more. */
function stopper(kill: () => void, { seconds }: InspectionLimits, signal?: AbortSignal) {
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    kill();
  }, seconds * 1000);
  signal?.addEventListener('abort', kill, { once: true });
  return {
    isLate: () => late,
    release: () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', kill);
    },
  };
}

/** Whether this process waits for its child. */
function keepAlive(child: ChildProcess, isNeeded: boolean): void {
  for (const held of [child, child.channel]) {
    if (isNeeded) held?.ref();
    else held?.unref();
  }
}

/** How a kernel ends a process for its memory, and how the engine ends itself. */
const SIGNALS_OF_MEMORY: readonly (NodeJS.Signals | null)[] = ['SIGKILL', 'SIGABRT', 'SIGTRAP'];

function endOf([code, signal]: Ending): 'too-much-memory' | 'broken' {
  return code === OUT_OF_MEMORY_EXIT || SIGNALS_OF_MEMORY.includes(signal) ? 'too-much-memory' : 'broken';
}

function environment(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    NEEDED_BY_NODE.flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
