import { type InspectionChild, type JobOutcome, startInspectionChild } from './inspection-child.js';
import type { InspectionAnswer, InspectionLimits, PdfVerdict } from './verdict.js';

export interface PdfInspector {
  /**
   * Inspects one file, whatever its bytes are. The same bytes are inspected once.
   * @throws {InspectionInterruptedError} if the inspection ends three times from outside, such as by a signal
   * @throws {Error} if the file is missing or cannot be read, and the signal's reason if it is aborted
   */
  inspect(path: string, options?: InspectOptions): Promise<PdfVerdict>;
}

export interface InspectOptions {
  /** For whom the file is inspected: waiting callers take turns. */
  readonly caller?: string;
  /** Of the file's bytes, in lower-case hex, if the caller knows it. */
  readonly sha256?: string;
  readonly signal?: AbortSignal;
}

export interface PdfInspectorOptions {
  readonly limits?: Partial<InspectionLimits>;
  /** The most inspections at the same time. */
  readonly concurrency?: number;
  /** The program of the inspection process. */
  readonly program?: string;
}

/** The inspection of a document ended from outside each time. This says nothing about the document. `message` is a sentence. */
export class InspectionInterruptedError extends Error {
  override readonly name = 'InspectionInterruptedError';
}

/**
 * What one inspection may use. Two inspections beside a worker of 230 MB stay below the 1 GiB of its container. With Node
 * 20 the whole process takes 70 MB for a small PDF, and 168 MB for one of 50 MB in 400,000 objects. Hostile ones of up to
 * 1 MB stay below 200 MB and 2 s (test/hostile/pdf-cost.slow.test.ts), because `PdfBudget` bounds their cost first.
 */
export const INSPECTION_LIMITS: InspectionLimits = { seconds: 30, memoryBytes: 256 * 1024 * 1024 };
const DEFAULT_CONCURRENCY = 2;

/** Immediate attempts after interruptions. More would hide that the machine lacks memory. */
const MAX_ATTEMPTS = 3;

/**
 * Inspects PDFs in separate processes, each file within limits of time and memory. Nothing in a file blocks or crashes the
 * calling process, or makes it grow. A worker thread cannot do that: a decompression bomb unpacks outside the heap, which
 * is all that the limits of a thread bound. The processes get no environment, so they know no key.
 */
export function createPdfInspector(options: PdfInspectorOptions = {}): PdfInspector {
  const limits = { ...INSPECTION_LIMITS, ...options.limits };
  const semaphore = createFairSemaphore(options.concurrency ?? DEFAULT_CONCURRENCY);
  const verdicts = createVerdictCache();
  const processPool = createProcessPool(limits, verdicts, options.program);
  return {
    inspect: async (path, { caller = '', sha256, signal } = {}) => {
      const cached = verdicts.get(sha256);
      if (cached !== undefined) return cached;
      await semaphore.acquire(caller, signal);
      try {
        return await processPool.inspect(path, signal);
      } finally {
        semaphore.release(caller);
      }
    },
  };
}

/** Inspects with processes that stay for the next file. Starts a fresh one after an interruption. */
function createProcessPool(limits: InspectionLimits, verdicts: VerdictCache, program?: string) {
  const idle: InspectionChild[] = [];
  const inspectWith = async (
    child: InspectionChild,
    path: string,
    signal?: AbortSignal,
  ): Promise<AttemptResult> => {
    const read = await child.runJob({ kind: 'read', path, limits }, signal);
    if ('interruption' in read || read.answer.kind !== 'content') return { outcome: read };
    const { sha256 } = read.answer;
    const cached = verdicts.get(sha256);
    if (cached !== undefined) return { outcome: { answer: { kind: 'verdict', verdict: cached } } };
    return { sha256, outcome: await child.runJob({ kind: 'inspect', limits }, signal) };
  };
  const attempt = async (path: string, signal?: AbortSignal): Promise<AttemptResult> => {
    const child = idle.splice(0).find((candidate) => candidate.isUsable()) ?? startInspectionChild(program);
    const isFresh = !child.isUsed();
    const result = await inspectWith(child, path, signal);
    if (child.isUsable()) idle.push(child);
    // Memory that earlier files left behind must not count against this one.
    return isFresh || !exceedsMemory(result.outcome)
      ? result
      : inspectWith(startInspectionChild(program), path, signal);
  };
  return {
    inspect: async (path: string, signal?: AbortSignal): Promise<PdfVerdict> => {
      for (let attempts = 1; ; attempts += 1) {
        const { outcome, sha256 } = await attempt(path, signal);
        if ('answer' in outcome) {
          const verdict = toVerdict(outcome.answer, path, limits);
          if (sha256 !== undefined) verdicts.set(sha256, verdict);
          return verdict;
        }
        if (attempts === MAX_ATTEMPTS) throw createInterruptedError(outcome.interruption);
      }
    },
  };
}

interface AttemptResult {
  readonly outcome: JobOutcome;
  /** Of the file, if the verdict is new. */
  readonly sha256?: string;
}

function exceedsMemory(outcome: JobOutcome): boolean {
  return (
    'answer' in outcome && outcome.answer.kind === 'beyond-limit' && outcome.answer.limit === 'memoryBytes'
  );
}

function createInterruptedError(reason: string): InspectionInterruptedError {
  return new InspectionInterruptedError(
    `The inspection of a PDF was interrupted ${MAX_ATTEMPTS} times: ${reason}. This says nothing about the file. ` +
      'The machine may lack memory.',
  );
}

function toVerdict(answer: InspectionAnswer, path: string, limits: InspectionLimits): PdfVerdict {
  if (answer.kind === 'verdict') return answer.verdict;
  if (answer.kind === 'beyond-limit')
    return { ok: false, problem: describeLimitProblem(answer.limit, limits) };
  throw new Error(`${path} could not be read (${'code' in answer ? answer.code : 'no answer'})`);
}

function describeLimitProblem(
  limit: keyof InspectionLimits,
  { seconds, memoryBytes }: InspectionLimits,
): string {
  const allowance =
    limit === 'seconds'
      ? `${seconds} seconds of processor time`
      : `${Math.round(memoryBytes / 1024 / 1024)} MB of memory`;
  return `could not be inspected within ${allowance}; save it again with another program`;
}

const MAX_VERDICTS = 500;

/** Verdicts by the SHA-256 of the bytes: the same bytes always get the same one. Drops the least recently used. */
export interface VerdictCache {
  get(sha256: string | undefined): PdfVerdict | undefined;
  set(sha256: string, verdict: PdfVerdict): void;
}

export function createVerdictCache(maxVerdicts = MAX_VERDICTS): VerdictCache {
  const verdicts = new Map<string, PdfVerdict>();
  const set = (sha256: string, verdict: PdfVerdict): void => {
    verdicts.delete(sha256);
    verdicts.set(sha256, verdict);
    const [oldest] = verdicts.keys();
    if (verdicts.size > maxVerdicts && oldest !== undefined) verdicts.delete(oldest);
  };
  return {
    get: (sha256 = '') => {
      const verdict = verdicts.get(sha256);
      if (verdict !== undefined) set(sha256, verdict);
      return verdict;
    },
    set,
  };
}

/** A semaphore that is fair between callers, however many permits one of them asks for. */
export interface FairSemaphore {
  /** Resolves when the caller gets a permit, which it must release. @throws the signal's reason if aborted before */
  acquire(caller: string, signal?: AbortSignal): Promise<void>;
  release(caller: string): void;
}

/** The callers in the order in which they are served, each with its waiting requests, oldest first. */
type WaitingCallers = Map<string, Set<() => void>>;

/**
 * The caller that holds the fewest permits comes first; among equals, callers take turns. So a caller with many files lets
 * a caller with one file pass after each of them.
 */
export function createFairSemaphore(permits: number): FairSemaphore {
  const heldPermits = new Map<string, number>();
  const waiting: WaitingCallers = new Map();
  let free = permits;
  const changeHeld = (caller: string, change: number): void => {
    const now = (heldPermits.get(caller) ?? 0) + change;
    if (now === 0) heldPermits.delete(caller);
    else heldPermits.set(caller, now);
    free -= change;
  };
  const nextCaller = (): string | undefined => {
    const heldBy = (caller: string): number => heldPermits.get(caller) ?? 0;
    const fewest = Math.min(...[...waiting.keys()].map(heldBy));
    return [...waiting.keys()].find((caller) => heldBy(caller) === fewest);
  };
  return {
    acquire: async (caller, signal) => {
      signal?.throwIfAborted();
      if (free === 0) await waitForPermit(waiting, caller, signal);
      else changeHeld(caller, 1);
    },
    release: (caller) => {
      // Before this permit is given back, so that other callers come first.
      const nextServed = nextCaller();
      changeHeld(caller, -1);
      if (nextServed === undefined) return;
      changeHeld(nextServed, 1);
      const queue = waiting.get(nextServed) ?? new Set();
      const [admit] = queue;
      waiting.delete(nextServed);
      if (admit !== undefined) queue.delete(admit);
      if (queue.size > 0) waiting.set(nextServed, queue);
      admit?.();
    },
  };
}

function waitForPermit(waiting: WaitingCallers, caller: string, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const giveUp = (): void => {
      const ownQueue = waiting.get(caller);
      ownQueue?.delete(admit);
      if (ownQueue?.size === 0) waiting.delete(caller);
      reject(signal?.reason as Error);
    };
    const admit = (): void => {
      signal?.removeEventListener('abort', giveUp);
      resolve();
    };
    const queue = waiting.get(caller) ?? new Set();
    waiting.set(caller, queue.add(admit));
    signal?.addEventListener('abort', giveUp, { once: true });
  });
}
