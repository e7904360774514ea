import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ChildServer } from '../../scripts/processes/child-server.js';
import { startProgram } from '../../scripts/processes/program.js';

/** Workers as under a process manager, which starts each one again when it exits. */
export interface WorkerPool {
  readonly size: number;
  /** How many have exited without being killed. */
  readonly unexpectedExits: () => number;
  /** Kills one by SIGKILL, starts it again after `downSeconds`, and waits until it is ready. */
  kill(index: number, downSeconds: number): Promise<void>;
  /** Kills all by SIGKILL. */
  stop(): Promise<void>;
}

const RESTART_DELAY_MS = 500;

/**
 * Starts `size` workers with these variables and waits until all are ready. Their logs go into the folder.
 * @throws Error with one sentence if one does not start
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
      path.join(folder, `worker-${index + 1}-run-${startCount}.log`),
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
