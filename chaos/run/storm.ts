import { setTimeout as sleep } from 'node:timers/promises';
import { stormOf, type Blow } from '../plan/storm.js';
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

export interface Ground {
  readonly server: MortalServer;
  readonly workers: WorkerPool;
  /** How much has happened at the vendor so far. */
  readonly effects: () => number;
}

const LOOK_EVERY_MS = 100;

/** Kills workers and server by the plan of the seed until it is calmed. */
export function startStorm(seed: number, { server, workers, effects }: Ground): Storm {
  const damage: Damage = { workersKilled: 0, serverKilled: 0 };
  const over = new AbortController();
  const pause = (milliseconds: number): Promise<void> =>
    sleep(milliseconds, undefined, { signal: over.signal }).catch(() => undefined);
  const strike = async ({ hits, worker, down }: Blow): Promise<void> => {
    if (hits === 'server') damage.serverKilled += 1;
    else damage.workersKilled += 1;
    await (hits === 'server' ? server.kill(down) : workers.kill(worker, down));
  };
  const raging = (async () => {
    let before = 0;
    for (const blow of stormOf(seed, workers.size)) {
      const due = before + blow.effects;
      await pause(blow.after * 1000);
      while (!over.signal.aborted && effects() < due) await pause(LOOK_EVERY_MS);
      if (over.signal.aborted) return;
      before = effects();
      await strike(blow);
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
