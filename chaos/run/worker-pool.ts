import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ChildServer } from '../../scripts/processes/child-server.js';
import { startProgram } from '../../scripts/processes/program.js';

/** Workers that run as under a process manager: one that ends, however it does, is started again. */
export interface WorkerPool {
  readonly size: number;
  /** How many have ended without being killed. */
  readonly unexpectedExits: () => number;
  /** Ends one by SIGKILL, starts it again after so many seconds, and waits until it is ready. */
  kill(which: number, downSeconds: number): Promise<void>;
  /** Ends all by SIGKILL: there is nothing left that they could lose. */
  stop(): Promise<void>;
}

const RESTART_DELAY_MS = 500;

/**
 * Starts so many workers with these variables, and waits until all are ready. Their logs go into the folder. Throws one
 * sentence when one does not come up.
 */
export async function startWorkerPool(
  size: number,
  variables: Readonly<Record<string, string>>,
  folder: string,
): Promise<WorkerPool> {
  const workers: (ChildServer | undefined)[] = [];
  const restarting: Promise<void>[] = [];
  let startCount = 0;
  let unexpectedExits = 0;
  let stopped = false;

  const start = async (index: number): Promise<void> => {
    startCount += 1;
    const { server: worker } = await startProgram(
      'worker',
      variables,
      path.join(folder, `worker-${index + 1}-life-${startCount}.log`),
    );
    workers[index] = worker;
    worker.unexpectedExit().catch(() => {
      unexpectedExits += 1;
      restarting[index] = restart(index);
    });
  };
  const restart = async (index: number): Promise<void> => {
    while (!stopped) {
      try {
        await start(index);
        return;
      } catch {
        // Its server may be down at this moment.
        await sleep(RESTART_DELAY_MS);
      }
    }
  };
  const killWorker = async (index: number): Promise<void> => {
    const worker = workers[index];
    workers[index] = undefined;
    worker?.kill();
    await worker?.stop();
  };

  for (let index = 0; index < size; index += 1) await start(index);
  return {
    size,
    unexpectedExits: () => unexpectedExits,
    kill: async (index, downSeconds) => {
      await restarting[index];
      await killWorker(index);
      await sleep(downSeconds * 1000);
      await restart(index);
    },
    stop: async () => {
      stopped = true;
      await Promise.all(workers.map((_, index) => killWorker(index)));
    },
  };
}
