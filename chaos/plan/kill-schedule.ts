import { createSeededRandom } from './seeded-random.js';

/** One process that is ended by SIGKILL. */
export interface Kill {
  /** The pause before it, in seconds. */
  readonly delaySeconds: number;
  /** What must have happened at the vendor since the blow before: so it meets work, and work gets on on any machine. */
  readonly minEffects: number;
  readonly target: 'server' | 'worker';
  /** Which worker, counted from 0. */
  readonly workerIndex: number;
  /** How long it stays down, in seconds. */
  readonly downSeconds: number;
}

/** Every seventh blow hits the Temporal server, the second first. */
const KILL_CYCLE = 7;
const SERVER_TURN = 1;

/** The blows of a run, without end: every few seconds one. */
export function* createKillSchedule(seed: number, workers: number): Generator<Kill, never> {
  const random = createSeededRandom(`${seed}/storm`);
  for (let count = 0; ; count += 1) {
    yield {
      delaySeconds: random.decimalBetween(1.5, 5),
      minEffects: 2 + Math.floor(random.next() * 12),
      target: count % KILL_CYCLE === SERVER_TURN ? 'server' : 'worker',
      workerIndex: Math.floor(random.next() * workers),
      downSeconds: random.decimalBetween(0, 2),
    };
  }
}
