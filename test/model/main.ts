/**
 * `npm run model -- --runs 20000 --seed 7`: runs arbitrary schedules on the simulated server; with `--real` on the
 * time-skipping server. Prints how the signings ended, or the smallest schedule found that violates a rule.
 */
import { parseArgs } from 'node:util';
import { getErrorMessage } from '../../src/shared/errors.js';
import { ACTIVITY_NAMES } from './activities.js';
import { REAL_SERVER_BOUNDS, SIMULATED_BOUNDS, findCounterexample } from './check.js';
import { RealServer } from './real-server.js';
import type { ScheduleRun } from './recording.js';
import { Sandbox, readWorkflowBundle } from './sandbox.js';
import type { Schedule } from './schedule.js';
import { runSimulation } from './simulate.js';

const SHRINK_MS = 120_000;

async function main(): Promise<void> {
  const { runs, seed, real } = readArguments();
  const startedAt = process.hrtime.bigint();
  const ends = new Map<string, number>();
  const { runSchedule, stop } = real ? createRealServerRunner() : await createSimulatedRunner();
  const found = await findCounterexample({
    runSchedule,
    bounds: real ? REAL_SERVER_BOUNDS : SIMULATED_BOUNDS,
    runs,
    seed,
    shrinkMs: SHRINK_MS,
    onRun: (run) => {
      ends.set(describeEnd(run), (ends.get(describeEnd(run)) ?? 0) + 1);
    },
  });
  await stop();
  const seconds = Number(process.hrtime.bigint() - startedAt) / 1e9;
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

interface ScheduleRunner {
  readonly runSchedule: (schedule: Schedule) => Promise<ScheduleRun>;
  readonly stop: () => Promise<void>;
}

async function createSimulatedRunner(): Promise<ScheduleRunner> {
  const sandbox = await Sandbox.load(readWorkflowBundle(), ACTIVITY_NAMES);
  return { runSchedule: (schedule) => runSimulation(schedule, sandbox), stop: () => sandbox.destroy() };
}

function createRealServerRunner(): ScheduleRunner {
  const server = new RealServer(readWorkflowBundle());
  return { runSchedule: (schedule) => server.runSchedule(schedule), stop: () => server.stop() };
}

function describeEnd({ recording: { events } }: ScheduleRun): string {
  const last = events.findLast((event) => event.type === 'end');
  if (last?.type !== 'end') return 'no end';
  const { end } = last;
  return end.how === 'result' ? end.status.state : end.how === 'failed' ? end.failure : end.why;
}

void main().catch((error: unknown) => {
  process.stderr.write(`${getErrorMessage(error)}\n`);
  process.exitCode = 2;
});
