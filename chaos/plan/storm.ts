import { chanceOf } from './chance.js';

/** One process that is ended by SIGKILL. */
export interface Blow {
  /** The pause before it, in seconds. */
  readonly after: number;
  /** What must have happened at the vendor since the blow before: so it meets work, and work gets on on any machine. */
  readonly effects: number;
  readonly hits: 'server' | 'worker';
  /** Which worker, counted from 0. */
  readonly worker: number;
  /** How long it stays down, in seconds. */
  readonly down: number;
}

/** Every seventh blow hits the Temporal server, the second first. */
const CYCLE = 7;
const SERVER = 1;

/** The blows of a run, without end: every few seconds one. */
export function* stormOf(seed: number, workers: number): Generator<Blow, never> {
  const chance = chanceOf(`${seed}/storm`);
  for (let count = 0; ; count += 1) {
    yield {
      after: chance.between(1.5, 5),
      effects: 2 + Math.floor(chance.next() * 12),
      hits: count % CYCLE === SERVER ? 'server' : 'worker',
      worker: Math.floor(chance.next() * workers),
      down: chance.between(0, 2),
    };
  }
}
