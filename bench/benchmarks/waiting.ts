import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Benchmark, type PerSize, interleave } from '../benchmark.js';
import type { Measurement } from '../measurement.js';
import { createDocument } from '../support/documents.js';
import { type BenchEnvironment, startEnvironment } from '../support/environment.js';
import {
  type IdleUsage,
  type Recovery,
  type WaitingSignings,
  createWaitingSignings,
} from '../support/waiting-signings.js';

const FEW: PerSize = { full: 100, quick: 50 };
/** `BENCH_WAITING` sets another number. */
const MANY: PerSize = { full: Number(process.env['BENCH_WAITING'] ?? 10_000), quick: 100 };

/** The longest pause between two polls by default, which most signings have, as they have waited for more than two hours. */
const LONGEST_PAUSE_SECONDS = 1800;
const SIGNINGS_AT_LONGEST_PAUSE = 10_000;
const IDLE_ROUNDS: PerSize = { full: 3, quick: 1 };
/** Of `checkNow` and of new signings. */
const ROUNDS: PerSize = { full: 20, quick: 5 };
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
  description:
    'many signings that wait for their signature, against few: the idle worker, checkNow, new signings, and a restarted worker',
  supportsCluster: true,
  run: async (folder, setup) => {
    const { size } = setup;
    // In proportion to their number, so that fewer signings cause as many polls a second.
    const pollSeconds = (LONGEST_PAUSE_SECONDS * MANY[size]) / SIGNINGS_AT_LONGEST_PAUSE;
    // By then polls are evenly distributed, since each pause varies by a fifth.
    const steadyStateMs = 1.2 * pollSeconds * 1000;
    const environments: BenchEnvironment[] = [];
    const open = async (
      name: string,
    ): Promise<{ environment: BenchEnvironment; signings: WaitingSignings }> => {
      const subfolder = join(folder, name);
      await mkdir(subfolder);
      // In memory, since creating the signings takes hours otherwise.
      const environment = await startEnvironment(subfolder, { inMemory: true, pollSeconds, setup });
      environments.push(environment);
      const document = await createDocument(environment.documents, 'document.pdf', 20_000);
      return { environment, signings: createWaitingSignings(environment, document, size) };
    };
    try {
      const few = await open('few');
      const ofFew = await createSignings(few.signings, FEW[size]);
      const many = await open('many');
      const steadyAt = Date.now() + steadyStateMs;
      const ofMany = await createSignings(many.signings, MANY[size]);
      await sleep(Math.max(0, steadyAt - Date.now()));
      const usages = await measureIdleSideBySide(few.signings, many.signings, IDLE_ROUNDS[size]);
      const inTurn = (time: (signings: WaitingSignings) => Promise<number>) =>
        interleave(ROUNDS[size], {
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
  rounds: number,
): Promise<Record<'few' | 'many', IdleUsage[]>> {
  const idleUsages: Record<'few' | 'many', IdleUsage[]> = { few: [], many: [] };
  for (let round = 0; round < rounds; round += 1) {
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
