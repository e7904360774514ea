import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { type InspectionAnswer, type InspectionJob, OUT_OF_MEMORY_EXIT } from './pdf-inspection-messages.js';

/**
 * The program of the inspection process. Its main thread only watches: a thread of its own does the work, so that
 * nothing in the file can keep the watch from looking. Ends with its answer, beyond the memory limit, and when the
 * process that asked is gone.
 */
process.once('message', inspect);
process.once('disconnect', () => process.exit(0));

/** A decompression bomb was seen to get 80 MB beyond the limit between two looks. */
const LOOK_EVERY_MS = 50;

function inspect(job: InspectionJob): void {
  setInterval(() => {
    if (process.memoryUsage.rss() > job.memoryBytes) process.exit(OUT_OF_MEMORY_EXIT);
  }, LOOK_EVERY_MS);
  const worker = new Worker(join(__dirname, 'pdf-inspection-thread.js'), {
    workerData: job,
    resourceLimits: { maxOldGenerationSizeMb: Math.ceil(job.memoryBytes / 1024 / 1024) },
  });
  worker.once('message', answer);
  worker.once('error', (error) => {
    if ('code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY') answer({ kind: 'out-of-memory' });
    else process.exit(1);
  });
}

function answer(message: InspectionAnswer): void {
  process.send?.(message, () => process.exit(0));
}
