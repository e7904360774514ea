import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LedgerEntry } from '../../fake-flexperto/index.js';
import type { SigningSummary } from '../../src/client/index.js';
import type { CheckedDocument } from '../../src/domain/request.js';
import type { PerSize, Size } from '../benchmark.js';
import { MEBIBYTE } from './documents.js';
import type { BenchEnvironment } from './environment.js';
import { type LedgerReader, createLedgerReader, signAllDocuments } from './ledger.js';
import { createRequest, runBatchToSignature } from './signings.js';

/** The kernel's unit of a process's CPU time, the same on every Linux machine. */
const TICKS_PER_SECOND = 100;

/** Bytes of memory (RSS) that a process has. Source: proc(5), `/proc/PID/status`. */
async function readMemoryBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
}

/** Seconds of CPU time that a process has taken so far. Source: proc(5), `/proc/PID/stat`. */
async function readCpuSeconds(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  // The name, in parentheses, may hold spaces; user and system time are the 14th and the 15th field.
  const [user, system] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 13)
    .map(Number);
  return ((user ?? NaN) + (system ?? NaN)) / TICKS_PER_SECOND;
}

/** More than the worker's concurrent activities, so that it never waits for a start. */
const CONCURRENCY = 100;
/** Counting ten thousand more often would load the server. */
const POLL_MS = 1_000;
/**
 * The engine gives back the memory of the worker's start within a minute; by then the processes that inspect PDFs have
 * ended, too.
 */
const SETTLING_MS: PerSize = { full: 75_000, quick: 5_000 };
const WINDOW_MS: PerSize = { full: 30_000, quick: 10_000 };
/** How many signings are signed while the worker is stopped. */
const SIGNED_COUNT = 20;
/** Signings for `checkNow`, enough for all rounds: listing ten thousand again would disturb the next round. */
const CHECK_NOW_COUNT = 25;
/** How long the worker is stopped, so that polls are due when it starts again. */
const OUTAGE_MS: PerSize = { full: 30_000, quick: 5_000 };

/** The usage of all workers while their signings wait, over half a minute. */
export interface IdleUsage {
  readonly megabytes: number;
  /** Of one core. */
  readonly cpuPercent: number;
  readonly callsPerSecond: number;
}

/** When the first and the last signed one is completed, in milliseconds from the start of the worker's process. */
export interface Recovery {
  readonly first: number;
  readonly last: number;
}

export interface WaitingSignings {
  /** Starts `count` signings of the same document, and waits until all await signature. Returns the workers' megabytes. */
  create(count: number): Promise<number>;
  /** Starts new workers first, since memory usage varies from start to start. */
  measureIdle(): Promise<IdleUsage>;
  /** Milliseconds from a `checkNow` until the poll; each time of another signing, old and new ones. */
  measureCheckNow(): Promise<number>;
  /** Milliseconds from the start of a signing until its file arrives. */
  measureStart(): Promise<number>;
  /** Stops the workers, signs some signings and sends them `checkNow`, then starts the workers again. */
  measureRecovery(): Promise<Recovery>;
}

export function createWaitingSignings(
  environment: BenchEnvironment,
  document: CheckedDocument,
  size: Size = 'full',
): WaitingSignings {
  const ledger = createLedgerReader(environment);
  let unusedSignings: SigningSummary[] = [];
  return {
    create: (count) =>
      createSignings(environment, ledger, document, { count, settlingMs: SETTLING_MS[size] }),
    measureIdle: () => measureIdle(environment, ledger, size),
    measureCheckNow: async () => {
      if (unusedSignings.length === 0) unusedSignings = await selectEvenly(environment, CHECK_NOW_COUNT);
      const signing = unusedSignings.shift();
      if (signing === undefined) throw new Error('There is no waiting signing left for checkNow.');
      return measureCheckNow(environment, ledger, signing);
    },
    measureStart: () => measureStart(environment, ledger, document),
    measureRecovery: () => measureRecovery(environment, OUTAGE_MS[size]),
  };
}

async function createSignings(
  environment: BenchEnvironment,
  ledger: LedgerReader,
  document: CheckedDocument,
  { count, settlingMs }: { readonly count: number; readonly settlingMs: number },
): Promise<number> {
  await runBatchToSignature(environment, { count, concurrency: CONCURRENCY, pollMs: POLL_MS }, [document]);
  // Skips the calls so far.
  await ledger.readNew();
  await sleep(settlingMs);
  return readMegabytes(environment);
}

async function measureIdle(
  environment: BenchEnvironment,
  ledger: LedgerReader,
  size: Size,
): Promise<IdleUsage> {
  const { workers } = environment;
  await workers.stop();
  await workers.start();
  await sleep(SETTLING_MS[size]);
  await ledger.readNew();
  const before = await sumOverWorkers(environment, readCpuSeconds);
  await sleep(WINDOW_MS[size]);
  const seconds = WINDOW_MS[size] / 1000;
  return {
    megabytes: await readMegabytes(environment),
    cpuPercent: (((await sumOverWorkers(environment, readCpuSeconds)) - before) / seconds) * 100,
    callsPerSecond: (await ledger.readNew()).length / seconds,
  };
}

/** Of all workers together. */
async function readMegabytes(environment: BenchEnvironment): Promise<number> {
  return (await sumOverWorkers(environment, readMemoryBytes)) / MEBIBYTE;
}

async function sumOverWorkers(
  { workers }: BenchEnvironment,
  read: (pid: number) => Promise<number>,
): Promise<number> {
  const values = await Promise.all(workers.pids().map(read));
  return values.reduce((sum, value) => sum + value, 0);
}

/** A poll that was due anyway would be counted as the answer to `checkNow`; with pauses of minutes that is rare. */
async function measureCheckNow(
  environment: BenchEnvironment,
  ledger: LedgerReader,
  { requestId, sessionId }: SigningSummary,
): Promise<number> {
  await ledger.readNew();
  const begin = Date.now();
  await environment.signings.check(requestId);
  const pollEntry = await ledger.waitFor((entry) => entry.call === 'list' && entry.sessionId === sessionId);
  return Date.parse(pollEntry.at) - begin;
}

async function measureStart(
  environment: BenchEnvironment,
  ledger: LedgerReader,
  document: CheckedDocument,
): Promise<number> {
  await ledger.readNew();
  const begin = Date.now();
  await environment.signings.start(createRequest([document]));
  let upload: LedgerEntry | undefined;
  // Both may arrive before the ledger is read once more.
  await ledger.waitFor((entry) => {
    if (entry.call === 'upload') upload = entry;
    return entry.call === 'list' && entry.sessionId === upload?.sessionId;
  });
  return Date.parse(upload?.at ?? '') - begin;
}

/**
 * `checkNow` is what a CRM sends when it learns of a signature. Without it a signing polls when its pause is over, up to
 * half an hour after the signature, with or without a stopped worker.
 */
async function measureRecovery(environment: BenchEnvironment, outageMs: number): Promise<Recovery> {
  const { signings, workers } = environment;
  const selected = await selectEvenly(environment, SIGNED_COUNT);
  await workers.stop();
  for (const { requestId, sessionId } of selected) {
    await signAllDocuments(environment, sessionId ?? NaN);
    await signings.check(requestId);
  }
  await sleep(outageMs);
  const begin = performance.now();
  const served = selected.map(async ({ requestId }) => {
    await signings.wait(requestId);
    return performance.now() - begin;
  });
  await workers.start();
  const times = await Promise.all(served);
  return { first: Math.min(...times), last: Math.max(...times) };
}

/** Waiting signings from the newest to the oldest, evenly spread. */
async function selectEvenly({ signings }: BenchEnvironment, count: number): Promise<SigningSummary[]> {
  const all = await signings.list({ state: 'awaiting-signature', limit: Infinity });
  const step = all.length / count;
  return Array.from({ length: count }, (_, index) => all[Math.floor(index * step)]).filter(
    (signing) => signing !== undefined,
  );
}
