import { OUTCOMES, type Outcome } from './outcome.js';
import { ACTIONS, type Action, type Attention } from './status.js';
import { text } from './text-rules.js';

/** What a human decides about a session that needs attention; `attentionId` is the question that was shown. */
export type Resolution = { readonly attentionId: string } & (
  | { readonly action: 'retry' }
  /** It did happen. The id of the contract session, only after an unclear initiate. */
  | { readonly action: 'adopt'; readonly sessionId?: number }
  | { readonly action: 'abort'; readonly reason: string }
);

/** A question that is closed: by a decision, or without one, as the session went on by itself. */
export type ClosedQuestion = Resolution | { readonly attentionId: string; readonly action: null };

/** What a decision meets. Times in milliseconds since 1970, by the workflow's clock. */
export interface OpenQuestion {
  readonly attention: Attention | null;
  readonly closed?: readonly ClosedQuestion[];
  /** When a `retry` of the open question becomes possible; at once where it is absent. */
  readonly retryFrom?: number | undefined;
  readonly now?: number;
}

/** What a human knows of the outcome where the tenant has no list call. */
export interface RecordedOutcome {
  readonly outcome: Outcome;
  readonly reason?: string;
}

/** Why a human aborts, or what is known of an outcome. */
export const reasonRule = text(1000);

/** What is shown of the name of a field that does not exist. */
const LONGEST_NAME = 100;

/**
 * Why a resolution cannot be accepted, in one sentence that says what is possible; `undefined` when it can. A decision
 * that closed its question is accepted again: it changes nothing.
 */
export function refuseResolution(input: unknown, question: OpenQuestion): string | undefined {
  const { attention, closed = [] } = question;
  const given = asObject(input);
  const before = closed.find(({ attentionId }) => attentionId === given?.['attentionId']);
  if (before !== undefined) return isSame(given, before) ? undefined : describeClosed(before);
  if (attention === null || attention.actions.length === 0) {
    return 'There is nothing to resolve: the session does not need attention.';
  }
  const action = ACTIONS.find((known) => known === given?.['action']);
  if (given === undefined || action === undefined) return refuseAction(attention);
  return (
    refuseId(given['attentionId'], attention) ??
    (attention.actions.includes(action) ? undefined : refuseAction(attention)) ??
    refuseFields(given, action, attention) ??
    refuseEarly(action, question)
  );
}

function refuseAction(attention: Attention): string {
  return `Not possible here. Possible: ${describeActions(attention)}.`;
}

function refuseId(attentionId: unknown, attention: Attention): string | undefined {
  if (attentionId === attention.id) return undefined;
  const what =
    attentionId === undefined
      ? 'A decision must name the question that was shown, as attentionId'
      : 'This decision is about another question than the open one';
  return (
    `${what}. Open is one about ${attention.step}, asked at ${attention.since}: read it first, its reason is in the status. ` +
    `Possible: ${describeActions(attention)}.`
  );
}

function refuseFields(
  given: Readonly<Record<string, unknown>>,
  action: Action,
  attention: Attention,
): string | undefined {
  const allowed = { retry: [], adopt: adoptFields(attention), abort: ['reason'] }[action];
  const unknown = Object.keys(given).find((field) => !['attentionId', 'action', ...allowed].includes(field));
  if (unknown !== undefined) {
    return `"${unknown.slice(0, LONGEST_NAME)}" has no place here. Possible: ${describeActions(attention)}.`;
  }
  if (action === 'abort' && !isReason(given['reason']))
    return 'An abort needs a reason, a text of up to 1000 characters.';
  if (action === 'adopt' && needsSessionId(attention) && !isId(given['sessionId'])) {
    return `To adopt, name the contract session that the Dashboard shows: ${describeAction('adopt', attention)}.`;
  }
  return undefined;
}

function refuseEarly(action: Action, { retryFrom = 0, now = 0 }: OpenQuestion): string | undefined {
  if (action !== 'retry' || now >= retryFrom) return undefined;
  return (
    `Too early for a retry: the call got no answer and may still have its effect. ` +
    `Look into the flexperto Dashboard again, and send retry from ${utc(retryFrom)} on; adopt and abort are possible now.`
  );
}

/** The reason of a question, with the time from which on a retry of it is possible. */
export function withRetryFrom(reason: string, retryFrom: number | undefined): string {
  return retryFrom === undefined
    ? reason
    : `${reason}. A retry is possible from ${utc(retryFrom)} on: until then the call may still have its effect`;
}

/** To the second, rounded up, so that who waits until then has waited long enough. */
function utc(time: number): string {
  const seconds = new Date(Math.ceil(time / 1000) * 1000).toISOString().slice(0, 19);
  return `${seconds.replace('T', ' ')} UTC`;
}

function isSame(given: Readonly<Record<string, unknown>> | undefined, before: ClosedQuestion): boolean {
  const known: Readonly<Record<string, unknown>> = { ...before };
  const fields = [...Object.keys(given ?? {}), ...Object.keys(known)];
  return fields.every((field) => given?.[field] === known[field]);
}

function describeClosed(question: ClosedQuestion): string {
  const { attentionId, action } = question;
  if (action === null)
    return `The question ${attentionId} is closed: the session went on without a decision.`;
  const session =
    action === 'adopt' && question.sessionId !== undefined
      ? ` of contract session ${question.sessionId}`
      : '';
  return `The question ${attentionId} is already answered, with ${action}${session}; nothing was changed.`;
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
  const fields = {
    retry: {},
    adopt: needsSessionId(attention) ? { sessionId: 13 } : {},
    abort: { reason: '…' },
  };
  return JSON.stringify({ attentionId: attention.id, action, ...fields[action] });
}

function needsSessionId({ step }: Attention): boolean {
  return step === 'initiate';
}

function adoptFields(attention: Attention): string[] {
  return needsSessionId(attention) ? ['sessionId'] : [];
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
