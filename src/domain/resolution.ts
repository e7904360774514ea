import { OUTCOMES, type Outcome } from './outcome.js';
import type { Action, Attention } from './status.js';
import { text } from './text-rules.js';

/** What a human decides about a session that needs attention. */
export type Resolution =
  | { readonly action: 'retry' }
  /** It did happen. The id of the contract session, only after an unclear initiate. */
  | { readonly action: 'adopt'; readonly sessionId?: number }
  | { readonly action: 'abort'; readonly reason: string };

/** What a human knows of the outcome where the tenant has no list call. */
export interface RecordedOutcome {
  readonly outcome: Outcome;
  readonly reason?: string;
}

/** Why a human aborts, or what is known of an outcome. */
export const reasonRule = text(1000);

/** What is shown of the name of a field that does not exist. */
const LONGEST_NAME = 100;

/** Why a resolution cannot be accepted, in one sentence that says what is possible; `undefined` when it can. */
export function refuseResolution(input: unknown, attention: Attention | null): string | undefined {
  if (attention === null || attention.actions.length === 0) {
    return 'There is nothing to resolve: the session does not need attention.';
  }
  const given = asObject(input);
  const action = attention.actions.find((possible) => possible === given?.['action']);
  if (given === undefined || action === undefined)
    return `Not possible here. Possible: ${describeActions(attention)}.`;
  const allowed = { retry: ['action'], adopt: adoptFields(attention), abort: ['action', 'reason'] }[action];
  const unknown = Object.keys(given).find((field) => !allowed.includes(field));
  if (unknown !== undefined) {
    return `"${unknown.slice(0, LONGEST_NAME)}" has no place here. Possible: ${describeActions(attention)}.`;
  }
  if (action === 'abort' && !isReason(given['reason']))
    return 'An abort needs a reason, a text of up to 1000 characters.';
  if (action === 'adopt' && needsSessionId(attention) && !isId(given['sessionId'])) {
    return 'To adopt, name the contract session that the Dashboard shows: {"action":"adopt","sessionId":13}.';
  }
  return undefined;
}

/** Why an outcome cannot be recorded, in one sentence; `undefined` when it can. */
export function refuseOutcome(
  input: unknown,
  now: { waiting: boolean; listWorks: boolean },
): string | undefined {
  if (!now.waiting)
    return 'An outcome can be recorded only while the session waits for hand-over or signature.';
  if (now.listWorks) {
    return 'The list call of this tenant works, so the outcome is read from flexperto; send checkNow to look at once.';
  }
  const given = asObject(input);
  const wanted = `{"outcome":"completed"|"failed"|"withdrawn","reason":"optional"}`;
  if (given === undefined || !OUTCOMES.some((outcome) => outcome === given['outcome']))
    return `An outcome is ${wanted}.`;
  const unknown = Object.keys(given).find((field) => field !== 'outcome' && field !== 'reason');
  if (unknown !== undefined)
    return `"${unknown.slice(0, LONGEST_NAME)}" has no place here: an outcome is ${wanted}.`;
  const reason = given['reason'];
  if (reason !== undefined && reason !== null && !isReason(reason))
    return 'A reason is a text of up to 1000 characters.';
  return undefined;
}

/** The possible actions as the JSON that is to be sent. */
export function describeActions(attention: Attention): string {
  return attention.actions.map((action) => describeAction(action, attention)).join(' or ');
}

export function describeAction(action: Action, attention: Attention): string {
  if (action === 'abort') return '{"action":"abort","reason":"…"}';
  return action === 'adopt' && needsSessionId(attention)
    ? '{"action":"adopt","sessionId":13}'
    : `{"action":"${action}"}`;
}

function needsSessionId({ step }: Attention): boolean {
  return step === 'initiate';
}

function adoptFields(attention: Attention): string[] {
  return needsSessionId(attention) ? ['action', 'sessionId'] : ['action'];
}

function asObject(input: unknown): Record<string, unknown> | undefined {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return undefined;
  return { ...input };
}

function isReason(value: unknown): boolean {
  return typeof value === 'string' && reasonRule.test(value);
}

function isId(value: unknown): boolean {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0;
}
