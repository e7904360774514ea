import { InspectionInterruptedError } from './errors.js';
import {
  startInspectionChild,
  type InspectionChild,
  type InspectionOutcome,
} from './pdf-inspection-child.js';
import type { InspectionAnswer, InspectionLimits } from './pdf-inspection-messages.js';
import { createTurns } from './pdf-inspection-turns.js';
import { createVerdictCache, type VerdictCache } from './pdf-verdict-cache.js';
import type { PdfVerdict } from './pdf-verdict.js';

export type { InspectionLimits } from './pdf-inspection-messages.js';
export type { PdfInspection, PdfVerdict } from './pdf-verdict.js';

export interface PdfInspector {
  /**
   * Looks at one file, whatever its bytes are. A verdict on the same bytes is not made twice.
   * @throws {InspectionInterruptedError} if the inspection ends from outside, such as by a signal, again and again
   * @throws {Error} if the file is missing or cannot be read, and the signal's reason if it is aborted
   */
  inspect(path: string, options?: InspectOptions): Promise<PdfVerdict>;
}

export interface InspectOptions {
  /** Who waits for it: between callers the inspections take turns. */
  readonly caller?: string;
  /** Of the file's bytes, in lower-case hex, where the one who asks has computed it. */
  readonly sha256?: string;
  readonly signal?: AbortSignal;
}

/**
 * The one place that says what an inspection may use. Two of them beside a worker of 230 MB are together below the 1 GiB
 * of its container. Measured with Node 20, the whole process: 70 MB for a small PDF, 168 MB for one of 50 MB in 400,000 objects. Hostile ones
 * of up to 1 MB stay below 200 MB and 2 s (test/hostile/pdf-cost.test.ts), since `PdfBudget` bounds them beforehand.
 */
export const INSPECTION_LIMITS: InspectionLimits = { seconds: 30, memoryBytes: 256 * 1024 * 1024 };
const DEFAULT_AT_ONCE = 2;

/** How often an inspection that was interrupted begins at once. More would hide a machine that has no memory left. */
const MAX_ATTEMPTS = 3;

/**
 * Inspects PDFs that nobody has looked at before, in processes of their own, bounded in time and memory for each file, at
 * most `atOnce` at a time. The process that asks never blocks, grows or crashes for what is in a file. A worker thread
 * would not do: what a decompression bomb unpacks into lies outside the heap that a thread's limits bound, so that only a
 * process can be ended for it without its neighbours. The processes get no environment, so they know no key.
 */
export function createPdfInspector(
  options: { limits?: Partial<InspectionLimits>; atOnce?: number; program?: string } = {},
): PdfInspector {
  const limits = { ...INSPECTION_LIMITS, ...options.limits };
  const turns = createTurns(options.atOnce ?? DEFAULT_AT_ONCE);
  const verdicts = createVerdictCache();
  const inspections = createInspections(limits, verdicts, options.program);
  return {
    inspect: async (path, { caller = '', sha256, signal } = {}) => {
      const known = verdicts.get(sha256);
      if (known !== undefined) return known;
      await turns.take(caller, signal);
      try {
        return await inspections.inspect(path, signal);
      } finally {
        turns.give(caller);
      }
    },
  };
}

/** Inspections by processes that are used again, and started again where they end from outside. */
function createInspections(limits: InspectionLimits, verdicts: VerdictCache, program?: string) {
  const idle: InspectionChild[] = [];
  /** The verdict where it is known, or what came of the last job. */
  const inspectWith = async (
    child: InspectionChild,
    path: string,
    signal?: AbortSignal,
  ): Promise<Inspected> => {
    const read = await child.ask({ kind: 'read', path, limits }, signal);
    if ('interruption' in read || read.answer.kind !== 'content') return { outcome: read };
    const { sha256 } = read.answer;
    const known = verdicts.get(sha256);
    if (known !== undefined) return { outcome: { answer: { kind: 'verdict', verdict: known } } };
    return { sha256, outcome: await child.ask({ kind: 'inspect', limits }, signal) };
  };
  const attempt = async (path: string, signal?: AbortSignal): Promise<Inspected> => {
    const child = idle.splice(0).find((one) => one.isUsable()) ?? startInspectionChild(program);
    const isFresh = !child.isUsed();
    const inspected = await inspectWith(child, path, signal);
    if (child.isUsable()) idle.push(child);
    // What earlier files left behind must not tell against this one.
    return isFresh || !isBeyondMemory(inspected.outcome)
      ? inspected
      : inspectWith(startInspectionChild(program), path, signal);
  };
  return {
    inspect: async (path: string, signal?: AbortSignal): Promise<PdfVerdict> => {
      for (let attempts = 1; ; attempts += 1) {
        const { outcome, sha256 } = await attempt(path, signal);
        if ('answer' in outcome) {
          const verdict = verdictIn(outcome.answer, path, limits);
          if (sha256 !== undefined) verdicts.set(sha256, verdict);
          return verdict;
        }
        if (attempts === MAX_ATTEMPTS) throw interrupted(outcome.interruption);
      }
    },
  };
}

/** What came of one attempt, and the SHA-256 of the file where it is a new verdict. */
interface Inspected {
  readonly outcome: InspectionOutcome;
  readonly sha256?: string;
}

function isBeyondMemory(outcome: InspectionOutcome): boolean {
  return (
    'answer' in outcome && outcome.answer.kind === 'beyond-limit' && outcome.answer.limit === 'memoryBytes'
  );
}

function interrupted(how: string): InspectionInterruptedError {
  return new InspectionInterruptedError(
    `The inspection of a PDF was interrupted ${MAX_ATTEMPTS} times: ${how}. This says nothing about the file. ` +
      'The machine may lack memory.',
  );
}

function verdictIn(answer: InspectionAnswer, path: string, limits: InspectionLimits): PdfVerdict {
  if (answer.kind === 'verdict') return answer.verdict;
  if (answer.kind === 'beyond-limit') return { ok: false, problem: problemOf(answer.limit, limits) };
  throw new Error(`${path} could not be read (${'code' in answer ? answer.code : 'no answer'})`);
}

function problemOf(limit: keyof InspectionLimits, { seconds, memoryBytes }: InspectionLimits): string {
  const most =
    limit === 'seconds'
      ? `${seconds} seconds of processor time`
      : `${Math.round(memoryBytes / 1024 / 1024)} MB of memory`;
  return `could not be inspected within ${most}; save it again with another program`;
}
