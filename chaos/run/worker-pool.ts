import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ChildServer } from '../../scripts/child-server.js';
import { startProgram } from '../../scripts/program.js';

/** Workers that run as under a process manager: one that ends, however it does, is started again. */
export interface WorkerPool {
  readonly size: number;
  /** How many have ended without being killed. */
  readonly ended: () => number;
  /** Ends one by SIGKILL, starts it again after so many seconds, and waits until it is ready. */
  kill(which: number, downSeconds: number): Promise<void>;
  /** Ends all by SIGKILL: there is nothing left that they could lose. */
  stop(): Promise<void>;
}

const TRY_AGAIN_MS = 500;

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
  let lives = 0;
  let ended = 0;
  let stopped = false;

  const start = async (which: number): Promise<void> => {
    lives += 1;
    const { server: worker } = await startProgram(
      'worker',
      variables,
      path.join(folder, `worker-${which + 1}-life-${lives}.log`),
    );
    workers[which] = worker;
    worker.endsByItself().catch(() => {
      ended += 1;
      restarting[which] = restart(which);
    });
  };
  const restart = async (which: number): Promise<void> => {
    while (!stopped) {
      try {
        await start(which);
        return;
      } catch {
        // Its server may be down at this moment.
        await sleep(TRY_AGAIN_MS);
      }
    }
  };
  const end = async (which: number): Promise<void> => {
    const worker = workers[which];
    workers[which] = undefined;
    worker?.kill();
    await worker?.stop();
  };

  for (let which = 0; which < size; which += 1) await start(which);
  return {
    size,
    ended: () => ended,
    kill: async (which, downSeconds) => {
      await restarting[which];
      await end(which);
      await sleep(downSeconds * 1000);
      await restart(which);
    },
    stop: async () => {
      stopped = true;
      await Promise.all(workers.map((_, which) => end(which)));
    },
  };
}
