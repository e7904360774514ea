import type { ScheduleRun } from '../recording.js';
import { attachesInOrder, attachesUnexpiredFiles, handsOverOnce, initiatesOnce } from './at-most-once.js';
import { hasDocumentedEnd, noCallAfterEnd } from './ending.js';
import { answersMessages } from './messages.js';
import { losesNothing } from './no-loss.js';
import { keepsPolling } from './polling.js';
import { hasConsistentStatus } from './status.js';

/** A rule for every course of a signing. Returns the violation in one sentence. */
export type Rule = (run: ScheduleRun) => string | undefined;

/** The rules, by the sentence that names each in a failure. */
const RULES: Readonly<Record<string, Rule>> = {
  'never two initiates without a person’s retry': initiatesOnce,
  'each document is attached once, in the order of the request': attachesInOrder,
  'no file is attached after its expiry': attachesUnexpiredFiles,
  'the session is handed over once, after its documents': handsOverOnce,
  'never a call after the end': noCallAfterEnd,
  'every end is a documented outcome': hasDocumentedEnd,
  'the status is always consistent': hasConsistentStatus,
  'a waiting signing keeps polling': keepsPolling,
  'a message is accepted where it is possible, and only there': answersMessages,
  'nothing is lost or doubled while decisions are honest': losesNothing,
};

/** The first violated rule, and how. */
export function findViolation(run: ScheduleRun): string | undefined {
  for (const [name, rule] of Object.entries(RULES)) {
    const violation = rule(run);
    if (violation !== undefined) return `${name}: ${violation}`;
  }
  return undefined;
}
