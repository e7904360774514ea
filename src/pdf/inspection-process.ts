import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { InspectionAnswer, InspectionJob, InspectionLimits, InspectionResult } from './verdict.js';

/** Short enough that no file gets far beyond a limit between two checks. */
const CHECK_INTERVAL_MS = 20;

/** Memory that earlier files left behind must not count against the next one: beyond this, the process ends. */
const MAX_RESIDUAL_BYTES = 128 * 1024 * 1024;

/** The part of the memory limit that the heap may take. The engine enforces it between two checks. */
const HEAP_FRACTION = 1 / 4;

/** Service managers and terminals send these to all processes, but the worker decides when an inspection ends. */
const IGNORED_SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

/**
 * Runs the inspection process. A thread does the work, and the main thread watches the limits: so nothing in a file can
 * stop the watch. Does one job after the other. Ends beyond a limit, after a file that leaves much memory behind, and when
 * the calling process is gone.
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
  // Outside the heap lie the program, the file and its unpacked parts.
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
    // Every other error is a fault of the inspection or the machine: the process ends without an answer.
    if (!isBeyondHeap) process.exit(1);
    answer({ kind: 'beyond-limit', limit: 'memoryBytes' }, true);
  };
  const limitWatch = watchLimits(job.limits, (limit) => {
    answer({ kind: 'beyond-limit', limit }, true);
  });
  thread.on('message', onResult).on('error', onError).postMessage(job);
}

/** Compares what this process has used since the job began with the limits. */
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

/** `process.exit` would wait for a file system that does not answer. */
function killThisProcess(): void {
  process.kill(process.pid, 'SIGKILL');
}

// Tests serve other threads from programs that import this file.
if (require.main === module) serveInspections(join(__dirname, 'inspection-thread.js'));
