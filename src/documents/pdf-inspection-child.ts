import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { type InspectionAnswer, type InspectionJob, OUT_OF_MEMORY_EXIT } from './pdf-inspection-messages.js';
import type { PdfVerdict } from './pdf-verdict.js';

/** What one inspection may use. */
export interface InspectionLimits {
  readonly seconds: number;
  /** Resident memory of the inspecting process, all of it: about 75 MB before the file is opened. */
  readonly memoryBytes: number;
}

export const INSPECTION_PROGRAM = join(__dirname, 'pdf-inspection-process.js');

/** What Node itself needs where libraries or system files stand in unusual places. Nothing else: no key, no proxy. */
const NEEDED_BY_NODE = ['LD_LIBRARY_PATH', 'SystemRoot'];

/** How a process ended: its exit code, or the signal that ended it. */
type Ending = readonly [code: number | null, signal: NodeJS.Signals | null];

/**
 * One inspection in a process of its own, which has ended by the time this settles, however it settles.
 * @throws {Error} if the file cannot be read, and the signal's reason if it is aborted
 */
export async function inspectInChild(
  path: string,
  limits: InspectionLimits,
  signal?: AbortSignal,
  program = INSPECTION_PROGRAM,
): Promise<PdfVerdict> {
  signal?.throwIfAborted();
  const child = fork(program, [], {
    env: environment(),
    execArgv: [],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  const kill = (): void => void child.kill('SIGKILL');
  const clock = { late: false };
  const timer = setTimeout(() => {
    clock.late = true;
    kill();
  }, limits.seconds * 1000);
  signal?.addEventListener('abort', kill, { once: true });
  try {
    const { answer, ending } = await outcomeOf(child, { path, memoryBytes: limits.memoryBytes });
    signal?.throwIfAborted();
    if (answer !== undefined) return verdictIn(answer, path, limits);
    return { ok: false, problem: clock.late ? tooSlow(limits) : endedEarly(ending, limits) };
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', kill);
    kill();
  }
}

async function outcomeOf(
  child: ChildProcess,
  job: InspectionJob,
): Promise<{ answer: InspectionAnswer | undefined; ending: Ending }> {
  let answer: InspectionAnswer | undefined;
  child.once('message', (message) => {
    answer = message as InspectionAnswer;
  });
  // A process that ends before it has taken the job ends the channel: its end says what happened.
  child.send(job, () => undefined);
  // An answer may still be on its way after the process has ended: the channel closes behind it.
  const [ending] = await Promise.all([once(child, 'exit'), once(child, 'disconnect')]);
  return { answer, ending: ending as unknown as Ending };
}

function verdictIn(answer: InspectionAnswer, path: string, limits: InspectionLimits): PdfVerdict {
  if (answer.kind === 'verdict') return answer.verdict;
  if (answer.kind === 'out-of-memory') return { ok: false, problem: tooMuch(limits) };
  throw new Error(`${path} could not be read (${answer.code})`);
}

/** How a kernel ends a process for its memory, and how the engine ends itself. */
const signalsOfMemory = new Set<NodeJS.Signals | null>(['SIGKILL', 'SIGABRT', 'SIGTRAP']);

function endedEarly([code, signal]: Ending, limits: InspectionLimits): string {
  if (code === OUT_OF_MEMORY_EXIT || signalsOfMemory.has(signal)) return tooMuch(limits);
  return 'could not be inspected: it makes the inspection fail';
}

const tooMuch = ({ memoryBytes }: InspectionLimits): string =>
  `could not be inspected within ${Math.round(memoryBytes / 1024 / 1024)} MB of memory; save it again with another program`;

const tooSlow = ({ seconds }: InspectionLimits): string =>
  `could not be inspected within ${seconds} seconds; save it again with another program`;

function environment(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    NEEDED_BY_NODE.flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
