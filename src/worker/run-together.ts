import type { Worker } from '@temporalio/worker';

/** Runs workers until a signal stops them. If one fails, the others stop too, and its error is thrown at their end. */
export async function runTogether(
  workers: readonly Pick<Worker, 'run' | 'getState' | 'shutdown'>[],
): Promise<void> {
  const runs = workers.map((worker) => worker.run());
  try {
    await Promise.all(runs);
  } finally {
    for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
    await Promise.allSettled(runs);
  }
}
