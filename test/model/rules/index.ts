import type { Played } from '../played.js';
import { endsAsDocumented } from './ends.js';
import { goesOnLooking } from './looks.js';
import { messagesAreAnswered } from './messages.js';
import { nothingIsLost } from './nothing-lost.js';
import { attachesInOrder, attachesLivingFiles, handsOverOnce, initiatesOnce } from './once.js';
import { noCallAfterTheEnd } from './after-the-end.js';
import { statusIsConsistent } from './status.js';

/** What must hold for every course of a signing. Says in one sentence what does not. */
export type Rule = (played: Played) => string | undefined;

/** By the words in which a failure names them. */
export const RULES: Readonly<Record<string, Rule>> = {
  'never two initiates without a human’s retry': initiatesOnce,
  'each document is attached once, in the order of the request': attachesInOrder,
  'no file is attached after its time': attachesLivingFiles,
  'the session is handed over once, after its documents': handsOverOnce,
  'never a call after the end': noCallAfterTheEnd,
  'every end is a documented outcome': endsAsDocumented,
  'the status is always consistent': statusIsConsistent,
  'a session that waits goes on looking': goesOnLooking,
  'a message is accepted where it is possible, and only there': messagesAreAnswered,
  'nothing is lost or doubled while humans are honest': nothingIsLost,
};

/** The first rule that does not hold, and why. */
export function objectionTo(played: Played): string | undefined {
  for (const [name, rule] of Object.entries(RULES)) {
    const objection = rule(played);
    if (objection !== undefined) return `${name}: ${objection}`;
  }
  return undefined;
}
