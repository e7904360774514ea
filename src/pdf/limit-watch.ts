import { Worker } from 'node:worker_threads';
import type { InspectionAnswer, InspectionJob, InspectionLimits, InspectionResult } from './verdict.js';

/** Short enough that no file gets far beyond a limit between two looks. */
const CHECK_INTERVAL_MS = 20;

/** What earlier files left in memory must not count against the next one: beyond this, that gets a fresh process. */
const MAX_RESIDUAL_BYTES = 128 * 1024 * 1024;

/** The engine ends a file at this part of the memory limit itself, before it gets far beyond between two looks. */
const HEAP_FRACTION = 1 / 4;

/** What service managers and terminals send to all processes: the worker decides when an inspection ends. */
const IGNORED_SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

/**
 * Runs the inspection process. The main thread only watches, and `program`, in a thread, does the work, so that nothing
 * in a file can keep the watch from looking. Does one job after the other; ends beyond a limit, after a file that has
 * left much behind, and when the process that asked is gone.
 */
export function serveInspections(threadProgram: string): void {
  let thread: Worker | undefined;
  process.on('message', (job: InspectionJob) => {
    thread ??= startThread(threadProgram, job.limits);
    runJob(thread, job);
  });
  process.once('disconnect', killThisProcess);
  for (const signal of IGNORED_SIGNALS) process.on(signal, () => undefined);
}

function startThread(threadProgram: string, { memoryBytes }: InspectionLimits): Worker {
  // Beside the heap there are the program, the file, and what is unpacked of it.
  const maxOldGenerationSizeMb = Math.ceil((memoryBytes * HEAP_FRACTION) / 1024 / 1024);
  return new Worker(threadProgram, {
    resourceLimits: { maxOldGenerationSizeMb, maxYoungGenerationSizeMb: 16 },
  });
}

function runJob(thread: Worker, job: InspectionJob): void {
  const answer = (result: InspectionResult, isLast: boolean): void => {
    limitWatch.stop();
    thread.off('message', onResult).off('error', onError);
    const message: InspectionAnswer = { ...result, isLast };
    process.send?.(message, () => {
      if (isLast) killThisProcess();
    });
  };
  const onResult = (result: InspectionResult): void => {
    answer(result, result.kind !== 'content' && process.memoryUsage.rss() > MAX_RESIDUAL_BYTES);
  };
  const onError = (error: Error): void => {
    const isBeyondHeap = 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
    // Any other is a fault of the inspection or of the machine: an end without an answer is no verdict.
    if (!isBeyondHeap) process.exit(1);
    answer({ kind: 'beyond-limit', limit: 'memoryBytes' }, true);
  };
  const limitWatch = watchLimits(job.limits, (limit) => {
    answer({ kind: 'beyond-limit', limit }, true);
  });
  thread.on('message', onResult).on('error', onError).postMessage(job);
}

/** Looks at what this process has used since the job began. */
function watchLimits(
  { seconds, memoryBytes }: InspectionLimits,
  onExceeded: (limit: keyof InspectionLimits) => void,
): { stop: () => void } {
  const usageBefore = process.cpuUsage();
  const timer = setInterval(() => {
    const { user, system } = process.cpuUsage(usageBefore);
    if (user + system > seconds * 1e6) onExceeded('seconds');
    else if (process.memoryUsage.rss() > memoryBytes) onExceeded('memoryBytes');
  }, CHECK_INTERVAL_MS);
  return {
    stop: () => {
      clearInterval(timer);
    },
  };
}

/** Not `process.exit`, which waits for a file system that does not answer. */
function killThisProcess(): void {
  process.kill(process.pid, 'SIGKILL');
}
