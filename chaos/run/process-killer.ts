import { setTimeout as sleep } from 'node:timers/promises';
import { type Kill, createKillSchedule } from '../plan/kill-schedule.js';
import type { RestartableServer } from './restartable-server.js';
import type { WorkerPool } from './worker-pool.js';

/** How many processes have been killed so far. */
export interface KillCounts {
  workersKilled: number;
  serverKilled: number;
}

export interface ProcessKiller {
  readonly killCounts: KillCounts;
  /** Rejects if a killed process cannot be started again. */
  readonly failure: Promise<never>;
  /** Ends the killing and waits until everything is up again. */
  stop(): Promise<void>;
}

export interface KillTargets {
  readonly server: RestartableServer;
  readonly workers: WorkerPool;
  /** How many effects the vendor has had so far. */
  readonly effects: () => number;
}

const POLL_INTERVAL_MS = 100;

/** Kills workers and server by the seed's schedule until `stop`. */
export function startProcessKiller(seed: number, { server, workers, effects }: KillTargets): ProcessKiller {
  const killCounts: KillCounts = { workersKilled: 0, serverKilled: 0 };
  const stopping = new AbortController();
  const pause = (milliseconds: number): Promise<void> =>
    sleep(milliseconds, undefined, { signal: stopping.signal }).catch(() => undefined);
  const executeKill = async ({ target, workerIndex, downSeconds }: Kill): Promise<void> => {
    if (target === 'server') killCounts.serverKilled += 1;
    else killCounts.workersKilled += 1;
    await (target === 'server' ? server.kill(downSeconds) : workers.kill(workerIndex, downSeconds));
  };
  const running = (async () => {
    let before = 0;
    for (const kill of createKillSchedule(seed, workers.size)) {
      const requiredEffects = before + kill.minEffects;
      await pause(kill.delaySeconds * 1000);
      while (!stopping.signal.aborted && effects() < requiredEffects) await pause(POLL_INTERVAL_MS);
      if (stopping.signal.aborted) return;
      before = effects();
      await executeKill(kill);
    }
  })();
  const failure = running.then(() => new Promise<never>(() => undefined));
  failure.catch(() => undefined);
  return {
    killCounts,
    failure,
    stop: () => {
      stopping.abort();
      return running;
    },
  };
}
