import { createSeededRandom } from './seeded-random.js';

/** One SIGKILL. */
export interface Kill {
  /** The pause before it, in seconds. */
  readonly delaySeconds: number;
  /** How many effects the vendor must have had since the last kill, so that it interrupts work, on any machine. */
  readonly minEffects: number;
  readonly target: 'server' | 'worker';
  /** Which worker, counted from 0. */
  readonly workerIndex: number;
  /** How long it stays down, in seconds. */
  readonly downSeconds: number;
}

/** Every seventh kill is of the Temporal server, beginning with the second. */
const KILL_CYCLE = 7;
const SERVER_TURN = 1;

/** The kills of a run, without end: one every few seconds. */
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
