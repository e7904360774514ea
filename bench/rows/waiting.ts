import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Figure } from '../figure.js';
import { inTurn, type Row } from '../row.js';
import { makeDocument } from '../support/documents.js';
import { startStage, type Stage } from '../support/stage.js';
import { openWaitingRoom, type Recovery, type Rest, type WaitingRoom } from '../support/waiting.js';

const FEW = 100;
/** `BENCH_WAITING` takes fewer, to try it out. */
const MANY = Number(process.env['BENCH_WAITING'] ?? 10_000);

/**
 * The longest pause between two looks, and that of a session that has waited for two hours: by far the most have. Fewer
 * sessions are looked at as many times a second.
 */
const PACE_SECONDS = (1800 * MANY) / 10_000;
/** By then the looks come evenly: a pause is spread by a fifth. */
const EVEN_MS = 1.2 * PACE_SECONDS * 1000;
const RESTS = 3;
/** Hints and new sessions. */
const ROUNDS = 20;
/** What became due while it was halted is made up for by then. */
const CATCHING_UP_MS = 1_000;

/** Everything that is measured with one number of waiting sessions. */
interface Measured {
  /** Megabytes of the worker that made the sessions: with many, it has worked for longer. */
  readonly maker: number;
  /** Everything else is of workers that were started while they waited. */
  readonly recovery: Recovery;
  readonly rests: readonly Rest[];
  /** Of single sessions, which the machine's own speed changes most: taken in turn with the other number of sessions. */
  readonly hints: readonly number[];
  readonly starts: readonly number[];
}

export const waiting: Row = {
  name: 'waiting',
  also: ['recovery'],
  about: `${MANY} sessions that wait for their signature, against ${FEW}: the worker at rest, hints, new sessions, and the worker started anew`,
  run: async (folder) => {
    const stages: Stage[] = [];
    const open = async (name: string): Promise<{ stage: Stage; room: WaitingRoom }> => {
      const own = join(folder, name);
      await mkdir(own);
      // In memory, since otherwise the making of the sessions takes hours.
      const stage = await startStage(own, { inMemory: true, pollSeconds: PACE_SECONDS });
      stages.push(stage);
      const document = await makeDocument(stage.documents, 'document.pdf', 20_000);
      return { stage, room: openWaitingRoom(stage, document) };
    };
    try {
      const few = await open('few');
      const ofFew = await fill(few.room, FEW);
      const many = await open('many');
      const evenAt = Date.now() + EVEN_MS;
      const ofMany = await fill(many.room, MANY);
      await sleep(Math.max(0, evenAt - Date.now()));
      const rests = await restSideBySide(few.room, many.room);
      const turns = (time: (room: WaitingRoom) => Promise<number>) =>
        inTurn(ROUNDS, {
          few: () => many.stage.whileHalted(() => time(few.room)),
          many: async () => {
            await sleep(CATCHING_UP_MS);
            return time(many.room);
          },
        });
      const hints = await turns((room) => room.hint());
      const starts = await turns((room) => room.start());
      return figures(
        { ...ofMany, rests: rests.many, hints: hints.many, starts: starts.many },
        { ...ofFew, rests: rests.few, hints: hints.few, starts: starts.few },
      );
    } finally {
      for (const stage of stages) await stage.stop();
    }
  },
};

async function fill(room: WaitingRoom, count: number): Promise<Pick<Measured, 'maker' | 'recovery'>> {
  const begin = performance.now();
  const maker = await room.fill(count);
  console.log(`  ${count} sessions wait after ${Math.round((performance.now() - begin) / 1000)} s`);
  return { maker, recovery: await room.recovery() };
}

async function restSideBySide(few: WaitingRoom, many: WaitingRoom): Promise<Record<'few' | 'many', Rest[]>> {
  const rests: Record<'few' | 'many', Rest[]> = { few: [], many: [] };
  for (let round = 0; round < RESTS; round += 1) {
    const [ofFew, ofMany] = await Promise.all([few.rest(), many.rest()]);
    rests.few.push(ofFew);
    rests.many.push(ofMany);
  }
  return rests;
}

function figures(many: Measured, few: Measured): readonly Figure[] {
  const figure = (
    name: string,
    unit: Figure['unit'],
    of: (measured: Measured) => readonly number[],
    target?: Figure['target'],
  ): Figure => ({
    name,
    unit,
    measured: of(many),
    reference: of(few),
    ...(target === undefined ? {} : { target }),
  });
  return [
    figure('waiting, memory', 'MB', ({ rests }) => rests.map(({ megabytes }) => megabytes), {
      of: 'ratio',
      atMost: 1.2,
    }),
    figure('waiting, memory of the worker that made them', 'MB', ({ maker }) => [maker]),
    figure('waiting, CPU of a core', '%', ({ rests }) => rests.map(({ cpuPercent }) => cpuPercent)),
    figure('waiting, calls to the vendor', '/s', ({ rests }) =>
      rests.map(({ callsPerSecond }) => callsPerSecond),
    ),
    figure('waiting, checkNow until the look', 'ms', ({ hints }) => hints),
    figure('waiting, new session until its upload', 'ms', ({ starts }) => starts, {
      of: 'ratio',
      atMost: 1.5,
    }),
    figure('recovery, first with news', 'ms', ({ recovery }) => [recovery.first]),
    figure('recovery, last with news', 'ms', ({ recovery }) => [recovery.last]),
  ];
}
