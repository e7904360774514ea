/**
 * `npm run model -- --runs 20000 --seed 7`: plays arbitrary schedules on the simulated server; with `--real` on the
 * time-skipping server. Prints how the sessions ended, or the smallest schedule found for which a rule does not hold.
 */
import { parseArgs } from 'node:util';
import { findCounterexample, REAL, SIMULATED } from './check.js';
import { ACTIVITIES } from './dependencies.js';
import type { Played } from './played.js';
import { RealServer } from './real-server.js';
import { bundledWorkflow, Sandbox } from './sandbox.js';
import type { Schedule } from './schedule.js';
import { simulate } from './simulate.js';

const SHRINK_MS = 120_000;

async function main(): Promise<void> {
  const { runs, seed, real } = readArguments();
  const started = process.hrtime.bigint();
  const ends = new Map<string, number>();
  const { play, stop } = real ? onRealServer() : await simulated();
  const found = await findCounterexample({
    play,
    bounds: real ? REAL : SIMULATED,
    runs,
    seed,
    shrinkMs: SHRINK_MS,
    onPlayed: (played) => {
      ends.set(endOf(played), (ends.get(endOf(played)) ?? 0) + 1);
    },
  });
  await stop();
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  if (found === undefined) {
    const how = [...ends].map(([end, count]) => `${end} ${count}`).join(', ');
    process.stdout.write(
      `${runs} schedules of seed ${seed} keep every rule (${seconds.toFixed(0)} s): ${how}\n`,
    );
  } else {
    process.stdout.write(`${found.report}\n`);
    process.exitCode = 1;
  }
}

function readArguments(): { runs: number; seed: number; real: boolean } {
  const { values } = parseArgs({
    options: {
      runs: { type: 'string' },
      seed: { type: 'string' },
      real: { type: 'boolean', default: false },
    },
  });
  const { real } = values;
  const runs = Number(values.runs ?? (real ? 500 : 20_000));
  const seed = Number(values.seed ?? Date.now() % 2 ** 31);
  if (!Number.isSafeInteger(runs) || runs < 1) throw new Error('--runs is a number of schedules');
  if (!Number.isSafeInteger(seed)) throw new Error('--seed is a whole number');
  return { runs, seed, real };
}

interface Stage {
  readonly play: (schedule: Schedule) => Promise<Played>;
  readonly stop: () => Promise<void>;
}

async function simulated(): Promise<Stage> {
  const sandbox = await Sandbox.load(bundledWorkflow(), ACTIVITIES);
  return { play: (schedule) => simulate(schedule, sandbox), stop: () => sandbox.destroy() };
}

function onRealServer(): Stage {
  const server = new RealServer(bundledWorkflow());
  return { play: (schedule) => server.play(schedule), stop: () => server.stop() };
}

function endOf({ recording: { events } }: Played): string {
  const last = events.findLast((event) => event.type === 'end');
  if (last?.type !== 'end') return 'no end';
  const { end } = last;
  return end.how === 'result' ? end.status.state : end.how === 'failed' ? end.failure : end.why;
}

void main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
});
