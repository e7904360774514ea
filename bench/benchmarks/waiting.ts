import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Benchmark, interleave } from '../benchmark.js';
import type { Measurement } from '../measurement.js';
import { createDocument } from '../support/documents.js';
import { type BenchEnvironment, startEnvironment } from '../support/environment.js';
import {
  type IdleUsage,
  type Recovery,
  type WaitingSignings,
  createWaitingSignings,
} from '../support/waiting-signings.js';

const FEW = 100;
/** `BENCH_WAITING` sets a smaller number, to try the benchmark. */
const MANY = Number(process.env['BENCH_WAITING'] ?? 10_000);

/**
 * The longest pause between two polls, which most signings have, as they have waited for more than two hours. In proportion
 * to their number, so that fewer signings cause as many polls a second.
 */
const POLL_SECONDS = (1800 * MANY) / 10_000;
/** By then polls are evenly distributed, since each pause varies by a fifth. */
const STEADY_STATE_MS = 1.2 * POLL_SECONDS * 1000;
const IDLE_ROUNDS = 3;
/** Of `checkNow` and of new signings. */
const ROUNDS = 20;
/** By then the worker has made the polls that became due while it was paused. */
const CATCH_UP_MS = 1_000;

/** All measurements with one number of waiting signings. */
interface WaitingMeasurements {
  /** Memory of the worker that created the signings. */
  readonly creatorMegabytes: number;
  /** This and all else is of workers that were started while the signings waited. */
  readonly recovery: Recovery;
  readonly idleUsages: readonly IdleUsage[];
  /** Of single signings. They depend most on the machine, so both numbers of signings are measured in turn. */
  readonly checkNowMs: readonly number[];
  readonly startMs: readonly number[];
}

export const waiting: Benchmark = {
  name: 'waiting',
  aliases: ['recovery'],
  description: `${MANY} signings that wait for their signature, against ${FEW}: the idle worker, checkNow, new signings, and a restarted worker`,
  run: async (folder) => {
    const environments: BenchEnvironment[] = [];
    const open = async (
      name: string,
    ): Promise<{ environment: BenchEnvironment; signings: WaitingSignings }> => {
      const subfolder = join(folder, name);
      await mkdir(subfolder);
      // In memory, since creating the signings takes hours otherwise.
      const environment = await startEnvironment(subfolder, { inMemory: true, pollSeconds: POLL_SECONDS });
      environments.push(environment);
      const document = await createDocument(environment.documents, 'document.pdf', 20_000);
      return { environment, signings: createWaitingSignings(environment, document) };
    };
    try {
      const few = await open('few');
      const ofFew = await createSignings(few.signings, FEW);
      const many = await open('many');
      const steadyAt = Date.now() + STEADY_STATE_MS;
      const ofMany = await createSignings(many.signings, MANY);
      await sleep(Math.max(0, steadyAt - Date.now()));
      const usages = await measureIdleSideBySide(few.signings, many.signings);
      const inTurn = (time: (signings: WaitingSignings) => Promise<number>) =>
        interleave(ROUNDS, {
          few: () => many.environment.whilePaused(() => time(few.signings)),
          many: async () => {
            await sleep(CATCH_UP_MS);
            return time(many.signings);
          },
        });
      const checks = await inTurn((signings) => signings.measureCheckNow());
      const starts = await inTurn((signings) => signings.measureStart());
      return createMeasurements(
        { ...ofMany, idleUsages: usages.many, checkNowMs: checks.many, startMs: starts.many },
        { ...ofFew, idleUsages: usages.few, checkNowMs: checks.few, startMs: starts.few },
      );
    } finally {
      for (const environment of environments) await environment.stop();
    }
  },
};

async function createSignings(
  signings: WaitingSignings,
  count: number,
): Promise<Pick<WaitingMeasurements, 'creatorMegabytes' | 'recovery'>> {
  const begin = performance.now();
  const creatorMegabytes = await signings.create(count);
  console.log(`  ${count} signings wait after ${Math.round((performance.now() - begin) / 1000)} s`);
  return { creatorMegabytes, recovery: await signings.measureRecovery() };
}

async function measureIdleSideBySide(
  few: WaitingSignings,
  many: WaitingSignings,
): Promise<Record<'few' | 'many', IdleUsage[]>> {
  const idleUsages: Record<'few' | 'many', IdleUsage[]> = { few: [], many: [] };
  for (let round = 0; round < IDLE_ROUNDS; round += 1) {
    const [ofFew, ofMany] = await Promise.all([few.measureIdle(), many.measureIdle()]);
    idleUsages.few.push(ofFew);
    idleUsages.many.push(ofMany);
  }
  return idleUsages;
}

function createMeasurements(many: WaitingMeasurements, few: WaitingMeasurements): readonly Measurement[] {
  const createMeasurement = (
    name: string,
    unit: Measurement['unit'],
    of: (measured: WaitingMeasurements) => readonly number[],
    target?: Measurement['target'],
  ): Measurement => ({
    name,
    unit,
    measured: of(many),
    reference: of(few),
    ...(target === undefined ? {} : { target }),
  });
  return [
    createMeasurement(
      'waiting, memory',
      'MB',
      ({ idleUsages }) => idleUsages.map(({ megabytes }) => megabytes),
      {
        of: 'ratio',
        atMost: 1.2,
      },
    ),
    createMeasurement('waiting, memory of the worker that made them', 'MB', ({ creatorMegabytes }) => [
      creatorMegabytes,
    ]),
    createMeasurement('waiting, CPU of a core', '%', ({ idleUsages }) =>
      idleUsages.map(({ cpuPercent }) => cpuPercent),
    ),
    createMeasurement('waiting, calls to the vendor', '/s', ({ idleUsages }) =>
      idleUsages.map(({ callsPerSecond }) => callsPerSecond),
    ),
    createMeasurement('waiting, checkNow until the poll', 'ms', ({ checkNowMs }) => checkNowMs),
    createMeasurement('waiting, new signing until its upload', 'ms', ({ startMs }) => startMs, {
      of: 'ratio',
      atMost: 1.5,
    }),
    createMeasurement('recovery, first outcome', 'ms', ({ recovery }) => [recovery.first]),
    createMeasurement('recovery, last outcome', 'ms', ({ recovery }) => [recovery.last]),
  ];
}
