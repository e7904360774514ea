import { setTimeout as sleep } from 'node:timers/promises';
import { stormOf } from '../plan/storm.js';
import type { MortalServer } from './mortal-server.js';
import type { WorkerPool } from './worker-pool.js';

/** What a storm has done so far. */
export interface Damage {
  workersKilled: number;
  serverKilled: number;
}

export interface Storm {
  readonly damage: Damage;
  /** Rejects when something that was killed does not come back. */
  readonly broken: Promise<never>;
  /** Lets everything that is down come back, and ends. */
  calm(): Promise<void>;
}

/** Kills workers and server by the plan of the seed until it is calmed. */
export function startStorm(seed: number, server: MortalServer, workers: WorkerPool): Storm {
  const damage: Damage = { workersKilled: 0, serverKilled: 0 };
  const over = new AbortController();
  const raging = (async () => {
    for (const { after, hits, worker, down } of stormOf(seed, workers.size)) {
      await sleep(after * 1000, undefined, { signal: over.signal }).catch(() => undefined);
      if (over.signal.aborted) return;
      if (hits === 'server') damage.serverKilled += 1;
      else damage.workersKilled += 1;
      await (hits === 'server' ? server.kill(down) : workers.kill(worker, down));
    }
  })();
  const broken = raging.then(() => new Promise<never>(() => undefined));
  broken.catch(() => undefined);
  return {
    damage,
    broken,
    calm: () => {
      over.abort();
      return raging;
    },
  };
}
