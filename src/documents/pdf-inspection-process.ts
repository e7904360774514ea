import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import {
  type InspectionAnswer,
  type InspectionJob,
  OUT_OF_MEMORY_EXIT,
  type Reply,
} from './pdf-inspection-messages.js';

/**
 * The program of the inspection process. Its main thread only watches: a thread of its own does the work, so that
 * nothing in the file can keep the watch from looking. Inspects one file after the other; ends beyond the memory limit,
 * after a file that has left much behind, and when the process that asked is gone.
 */
process.on('message', inspect);
process.once('disconnect', () => process.exit(0));

/** A decompression bomb was seen to get 80 MB beyond the limit between two looks. */
const LOOK_EVERY_MS = 50;

/** What earlier files left in memory must not count against the next one: beyond this, that gets a fresh process. */
const MOST_LEFT_BYTES = 128 * 1024 * 1024;

let thread: Worker | undefined;

function inspect({ path, memoryBytes }: InspectionJob): void {
  const watch = setInterval(() => {
    if (process.memoryUsage.rss() > memoryBytes) process.exit(OUT_OF_MEMORY_EXIT);
  }, LOOK_EVERY_MS);
  const answer = (reply: Reply, isLast: boolean): void => {
    clearInterval(watch);
    const message: InspectionAnswer = { ...reply, isLast };
    process.send?.(message, () => {
      if (isLast) process.exit(0);
    });
  };
  thread ??= new Worker(join(__dirname, 'pdf-inspection-thread.js'), {
    resourceLimits: { maxOldGenerationSizeMb: Math.ceil(memoryBytes / 1024 / 1024) },
  });
  thread.removeAllListeners();
  thread.once('message', (reply: Reply) => {
    answer(reply, process.memoryUsage.rss() > MOST_LEFT_BYTES);
  });
  thread.once('error', (error) => {
    if ('code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY') answer({ kind: 'out-of-memory' }, true);
    else process.exit(1);
  });
  thread.postMessage(path);
}
