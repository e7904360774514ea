import type { ScheduleRun } from '../recording.js';
import { hasDocumentedEnd, noCallAfterEnd } from './ending.js';
import { keepsPolling } from './polling.js';
import { answersMessages } from './messages.js';
import { losesNothing } from './no-loss.js';
import { attachesInOrder, attachesUnexpiredFiles, handsOverOnce, initiatesOnce } from './at-most-once.js';

import { hasConsistentStatus } from './status.js';

/** What must hold for every course of a signing. Says in one sentence what does not. */
export type Rule = (played: ScheduleRun) => string | undefined;

/** By the words in which a failure names them. */
export const RULES: Readonly<Record<string, Rule>> = {
  'never two initiates without a human’s retry': initiatesOnce,
  'each document is attached once, in the order of the request': attachesInOrder,
  'no file is attached after its time': attachesUnexpiredFiles,
  'the session is handed over once, after its documents': handsOverOnce,
  'never a call after the end': noCallAfterEnd,
  'every end is a documented outcome': hasDocumentedEnd,
  'the status is always consistent': hasConsistentStatus,
  'a session that waits goes on looking': keepsPolling,
  'a message is accepted where it is possible, and only there': answersMessages,
  'nothing is lost or doubled while humans are honest': losesNothing,
};

/** The first rule that does not hold, and why. */
export function findViolation(played: ScheduleRun): string | undefined {
  for (const [name, rule] of Object.entries(RULES)) {
    const objection = rule(played);
    if (objection !== undefined) return `${name}: ${objection}`;
  }
  return undefined;
}
