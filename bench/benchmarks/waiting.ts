import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Measurement } from '../measurement.js';
import { interleave, type Benchmark } from '../benchmark.js';
import { createDocument } from '../support/documents.js';
import { startEnvironment, type BenchEnvironment } from '../support/environment.js';
import {
  createWaitingSignings,
  type Recovery,
  type IdleUsage,
  type WaitingSignings,
} from '../support/waiting-signings.js';

const FEW = 100;
/** `BENCH_WAITING` takes fewer, to try it out. */
const MANY = Number(process.env['BENCH_WAITING'] ?? 10_000);

/**
 * The longest pause between two looks, and that of a session that has waited for two hours: by far the most have. Fewer
 * sessions are looked at as many times a second.
 */
const POLL_SECONDS = (1800 * MANY) / 10_000;
/** By then the looks come evenly: a pause is spread by a fifth. */
const STEADY_STATE_MS = 1.2 * POLL_SECONDS * 1000;
const IDLE_ROUNDS = 3;
/** Hints and new sessions. */
const ROUNDS = 20;
/** What became due while it was halted is made up for by then. */
const CATCH_UP_MS = 1_000;

/** Everything that is measured with one number of waiting sessions. */
interface WaitingMeasurements {
  /** Megabytes of the worker that made the sessions: with many, it has worked for longer. */
  readonly creatorMegabytes: number;
  /** Everything else is of workers that were started while they waited. */
  readonly recovery: Recovery;
  readonly idleUsages: readonly IdleUsage[];
  /** Of single sessions, which the machine's own speed changes most: taken in turn with the other number of sessions. */
  readonly checkNowMs: readonly number[];
  readonly startMs: readonly number[];
}

export const waiting: Benchmark = {
  name: 'waiting',
  aliases: ['recovery'],
  description: `${MANY} sessions that wait for their signature, against ${FEW}: the worker at rest, hints, new sessions, and the worker started anew`,
  run: async (folder) => {
    const stages: BenchEnvironment[] = [];
    const open = async (name: string): Promise<{ stage: BenchEnvironment; room: WaitingSignings }> => {
      const own = join(folder, name);
      await mkdir(own);
      // In memory, since otherwise the making of the sessions takes hours.
      const stage = await startEnvironment(own, { inMemory: true, pollSeconds: POLL_SECONDS });
      stages.push(stage);
      const document = await createDocument(stage.documents, 'document.pdf', 20_000);
      return { stage, room: createWaitingSignings(stage, document) };
    };
    try {
      const few = await open('few');
      const ofFew = await createSignings(few.room, FEW);
      const many = await open('many');
      const evenAt = Date.now() + STEADY_STATE_MS;
      const ofMany = await createSignings(many.room, MANY);
      await sleep(Math.max(0, evenAt - Date.now()));
      const rests = await measureIdleSideBySide(few.room, many.room);
      const turns = (time: (room: WaitingSignings) => Promise<number>) =>
        interleave(ROUNDS, {
          few: () => many.stage.whilePaused(() => time(few.room)),
          many: async () => {
            await sleep(CATCH_UP_MS);
            return time(many.room);
          },
        });
      const hints = await turns((room) => room.measureCheckNow());
      const starts = await turns((room) => room.measureStart());
      return createMeasurements(
        { ...ofMany, idleUsages: rests.many, checkNowMs: hints.many, startMs: starts.many },
        { ...ofFew, idleUsages: rests.few, checkNowMs: hints.few, startMs: starts.few },
      );
    } finally {
      for (const stage of stages) await stage.stop();
    }
  },
};

async function createSignings(
  room: WaitingSignings,
  count: number,
): Promise<Pick<WaitingMeasurements, 'creatorMegabytes' | 'recovery'>> {
  const begin = performance.now();
  const creatorMegabytes = await room.create(count);
  console.log(`  ${count} sessions wait after ${Math.round((performance.now() - begin) / 1000)} s`);
  return { creatorMegabytes, recovery: await room.measureRecovery() };
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
    createMeasurement('waiting, checkNow until the look', 'ms', ({ checkNowMs }) => checkNowMs),
    createMeasurement('waiting, new session until its upload', 'ms', ({ startMs }) => startMs, {
      of: 'ratio',
      atMost: 1.5,
    }),
    createMeasurement('recovery, first with news', 'ms', ({ recovery }) => [recovery.first]),
    createMeasurement('recovery, last with news', 'ms', ({ recovery }) => [recovery.last]),
  ];
}
