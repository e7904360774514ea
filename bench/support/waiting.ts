import { setTimeout as sleep } from 'node:timers/promises';
import type { LedgerEntry } from '../../fake-flexperto/index.js';
import type { CheckedDocument } from '../../src/domain/request.js';
import type { SigningSummary } from '../../src/starter/index.js';
import { MEBIBYTE } from './documents.js';
import { followLedger, sign, type Ledger } from './ledger.js';
import { bringToSignature, requestFor } from './sessions.js';
import type { Stage } from './stage.js';
import { cpuSecondsOf, memoryOf } from './usage.js';

/** Above what the worker's activities can take at once, so that it never waits for a start. */
const AT_ONCE = 100;
/** To count ten thousand more often would be work for the server. */
const LOOK_MS = 1_000;
/**
 * A worker rests once it has given back what its start took: the engine does so within a minute. By then the processes
 * that inspect PDFs have ended, too.
 */
const SETTLING_MS = 75_000;
const WINDOW_MS = 30_000;
/** Sessions that are signed while the worker is away. */
const SIGNED = 20;
/** Sessions that are asked to look: enough for all rounds, since to list ten thousand again would disturb the next one. */
const HINTED = 25;
/** How long the worker is away, so that looks have become due when it is back. */
const OUTAGE_MS = 30_000;

/** What a worker that waits for signatures takes, in half a minute. */
export interface Rest {
  readonly megabytes: number;
  /** Of one core. */
  readonly cpuPercent: number;
  readonly callsPerSecond: number;
}

/** How soon those that have news are served, in milliseconds from the start of the worker's process. */
export interface Recovery {
  readonly first: number;
  readonly last: number;
}

export interface WaitingRoom {
  /** Starts so many sessions, and waits until all of them wait. All have one document, and the same one. Returns the worker's megabytes after it. */
  fill(count: number): Promise<number>;
  /** Of a worker that is started for it: how much memory one keeps differs from start to start. */
  rest(): Promise<Rest>;
  /** Milliseconds from a `checkNow` until the vendor is asked; of one session after the other, old and new ones. */
  hint(): Promise<number>;
  /** Milliseconds from the start of a session until its file arrives. */
  start(): Promise<number>;
  /** Stops the worker, has some sessions signed and hinted at, and starts the worker again. */
  recovery(): Promise<Recovery>;
}

export function openWaitingRoom(stage: Stage, document: CheckedDocument): WaitingRoom {
  const ledger = followLedger(stage);
  let unhinted: SigningSummary[] = [];
  return {
    fill: (count) => fill(stage, ledger, document, count),
    rest: () => rest(stage, ledger),
    hint: async () => {
      if (unhinted.length === 0) unhinted = await sample(stage, HINTED);
      const session = unhinted.shift();
      if (session === undefined) throw new Error('No session waits that could be asked to look.');
      return hint(stage, ledger, session);
    },
    start: () => start(stage, ledger, document),
    recovery: () => recover(stage),
  };
}

async function fill(stage: Stage, ledger: Ledger, document: CheckedDocument, count: number): Promise<number> {
  await bringToSignature(stage, { count, atOnce: AT_ONCE, lookMs: LOOK_MS }, [document]);
  // What was called so far is of no interest.
  await ledger.news();
  await sleep(SETTLING_MS);
  return megabytesOf(stage);
}

async function rest(stage: Stage, ledger: Ledger): Promise<Rest> {
  const { worker } = stage;
  await worker.stop();
  await worker.start();
  await sleep(SETTLING_MS);
  await ledger.news();
  const before = await cpuSecondsOf(worker.pid());
  await sleep(WINDOW_MS);
  const seconds = WINDOW_MS / 1000;
  return {
    megabytes: await megabytesOf(stage),
    cpuPercent: (((await cpuSecondsOf(worker.pid())) - before) / seconds) * 100,
    callsPerSecond: (await ledger.news()).length / seconds,
  };
}

async function megabytesOf({ worker }: Stage): Promise<number> {
  return (await memoryOf(worker.pid())) / MEBIBYTE;
}

/** A look that was due at the very moment of the hint would be taken for its answer; with pauses of minutes that is rare. */
async function hint(stage: Stage, ledger: Ledger, { requestId, sessionId }: SigningSummary): Promise<number> {
  await ledger.news();
  const begin = Date.now();
  await stage.signings.check(requestId);
  const look = await ledger.waitFor((entry) => entry.call === 'list' && entry.sessionId === sessionId);
  return Date.parse(look.at) - begin;
}

async function start(stage: Stage, ledger: Ledger, document: CheckedDocument): Promise<number> {
  await ledger.news();
  const begin = Date.now();
  await stage.signings.start(requestFor([document]));
  let upload: LedgerEntry | undefined;
  // Both may arrive before the ledger is read once more.
  await ledger.waitFor((entry) => {
    if (entry.call === 'upload') upload = entry;
    return entry.call === 'list' && entry.sessionId === upload?.sessionId;
  });
  return Date.parse(upload?.at ?? '') - begin;
}

/**
 * The hint stands for what tells a CRM of a signature. Without it a session is looked at when its pause is over, up to
 * half an hour after the signature, whether the worker was away or not.
 */
async function recover(stage: Stage): Promise<Recovery> {
  const { signings, worker } = stage;
  const sessions = await sample(stage, SIGNED);
  await worker.stop();
  for (const { requestId, sessionId } of sessions) {
    await sign(stage, sessionId ?? NaN);
    await signings.check(requestId);
  }
  await sleep(OUTAGE_MS);
  const begin = performance.now();
  const served = sessions.map(async ({ requestId }) => {
    await signings.wait(requestId);
    return performance.now() - begin;
  });
  await worker.start();
  const times = await Promise.all(served);
  return { first: Math.min(...times), last: Math.max(...times) };
}

/** Waiting sessions from the newest to the oldest, evenly spread. */
async function sample({ signings }: Stage, count: number): Promise<SigningSummary[]> {
  const all = await signings.list({ state: 'awaiting-signature', limit: Infinity });
  const step = all.length / count;
  return Array.from({ length: count }, (_, place) => all[Math.floor(place * step)]).filter(
    (session) => session !== undefined,
  );
}
