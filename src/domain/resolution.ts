import { OUTCOMES, type Outcome } from './outcome.js';
import { ACTIONS, type Action, type Attention } from './status.js';
import { multiLine } from './text-rules.js';

/** A person's decision about a signing that needs attention; `attentionId` is the id of the attention in the status. */
export type Resolution = { readonly attentionId: string } & (
  | { readonly action: 'retry' }
  /** The call took effect. `sessionId`, the contract session, only where the outcome of initiate is unknown. */
  | { readonly action: 'adopt'; readonly sessionId?: number }
  | { readonly action: 'abort'; readonly reason: string }
);

/** An attention that a decision has closed, or that the signing has closed without one. */
export type ClosedAttention = Resolution | { readonly attentionId: string; readonly action: null };

/** What a decision is checked against. Times in milliseconds since 1970, by the workflow's clock. */
export interface DecisionContext {
  readonly attention: Attention | null;
  readonly closed?: readonly ClosedAttention[];
  /** From when on a `retry` is possible; immediately where it is absent. */
  readonly retryNotBefore?: number | undefined;
  readonly now?: number;
}

/** The outcome that a person records where the tenant has no list call. */
export interface RecordedOutcome {
  readonly outcome: Outcome;
  readonly reason?: string;
}

/** The rule for the reason of an abort or of an outcome. */
export const reasonRule = multiLine(1000);

/** How many characters of an unknown field's name a message shows. */
const MAX_NAME_LENGTH = 100;

/**
 * Why a resolution is rejected, and what is possible instead; `undefined` where it is accepted. The decision that closed its
 * attention is accepted again and changes nothing.
 */
export function validateResolution(input: unknown, context: DecisionContext): string | undefined {
  const { attention, closed = [] } = context;
  const given = asObject(input);
  const earlierDecision = closed.find(({ attentionId }) => attentionId === given?.['attentionId']);
  if (earlierDecision !== undefined)
    return isSameDecision(given, earlierDecision) ? undefined : describeClosedAttention(earlierDecision);
  if (attention === null || attention.actions.length === 0) {
    return 'There is nothing to resolve: the signing does not need attention.';
  }
  const action = ACTIONS.find((known) => known === given?.['action']);
  if (given === undefined || action === undefined) return describeImpossibleAction(attention);
  return (
    validateAttentionId(given['attentionId'], attention) ??
    (attention.actions.includes(action) ? undefined : describeImpossibleAction(attention)) ??
    validateFields(given, action, attention) ??
    validateRetryTime(action, context)
  );
}

function describeImpossibleAction(attention: Attention): string {
  return `Not possible here. Possible: ${describeActions(attention)}.`;
}

function validateAttentionId(attentionId: unknown, attention: Attention): string | undefined {
  if (attentionId === attention.id) return undefined;
  const problem =
    attentionId === undefined
      ? 'A decision must name the attention that it answers, as attentionId'
      : 'This decision answers an attention that is not open';
  return (
    `${problem}. The open one is about ${attention.step}, since ${attention.since}: read its reason in the status first. ` +
    `Possible: ${describeActions(attention)}.`
  );
}

function validateFields(
  given: Readonly<Record<string, unknown>>,
  action: Action,
  attention: Attention,
): string | undefined {
  const allowed = { retry: [], adopt: listAdoptFields(attention), abort: ['reason'] }[action];
  const unknown = Object.keys(given).find((field) => !['attentionId', 'action', ...allowed].includes(field));
  if (unknown !== undefined) {
    return `"${unknown.slice(0, MAX_NAME_LENGTH)}" is not a field of this decision. Possible: ${describeActions(attention)}.`;
  }
  if (action === 'abort' && !isReason(given['reason']))
    return 'An abort needs a reason, a text of up to 1000 characters.';
  if (action === 'adopt' && needsSessionId(attention) && !isSessionId(given['sessionId'])) {
    return `To adopt, name the contract session that the Dashboard shows: ${describeAction('adopt', attention)}.`;
  }
  return undefined;
}

function validateRetryTime(
  action: Action,
  { retryNotBefore = 0, now = 0 }: DecisionContext,
): string | undefined {
  if (action !== 'retry' || now >= retryNotBefore) return undefined;
  return (
    `Too early for a retry: flexperto has not answered the call, which may still take effect. ` +
    `Check the flexperto Dashboard again, and send retry from ${formatUtc(retryNotBefore)} on; adopt and abort are possible now.`
  );
}

/** The reason of an attention, with the time from which on a retry is possible. */
export function appendRetryTime(reason: string, retryNotBefore: number | undefined): string {
  return retryNotBefore === undefined
    ? reason
    : `${reason}. A retry is possible from ${formatUtc(retryNotBefore)} on: until then the call may still take effect`;
}

/** Rounded up to the second, so that a retry at this time is not too early. */
function formatUtc(time: number): string {
  const seconds = new Date(Math.ceil(time / 1000) * 1000).toISOString().slice(0, 19);
  return `${seconds.replace('T', ' ')} UTC`;
}

function isSameDecision(
  given: Readonly<Record<string, unknown>> | undefined,
  earlier: ClosedAttention,
): boolean {
  const known: Readonly<Record<string, unknown>> = { ...earlier };
  const fields = [...Object.keys(given ?? {}), ...Object.keys(known)];
  return fields.every((field) => given?.[field] === known[field]);
}

function describeClosedAttention(closed: ClosedAttention): string {
  const { attentionId, action } = closed;
  if (action === null)
    return `The attention ${attentionId} is closed: the signing continued without a decision.`;
  const sessionNote =
    action === 'adopt' && closed.sessionId !== undefined ? ` of contract session ${closed.sessionId}` : '';
  return `The attention ${attentionId} is already resolved, with ${action}${sessionNote}; nothing was changed.`;
}

/** Why an outcome cannot be recorded, in one sentence; `undefined` where it can. */
export function validateOutcome(
  input: unknown,
  context: { readonly isWaiting: boolean; readonly listWorks: boolean },
): string | undefined {
  if (!context.isWaiting)
    return 'An outcome can be recorded only while the signing waits for hand-over or signature.';
  if (context.listWorks) {
    return 'The list call of this tenant works, so the worker reads the outcome from flexperto; send checkNow to poll immediately.';
  }
  const given = asObject(input);
  const expected = `{"outcome":"completed"|"failed"|"withdrawn","reason":"optional"}`;
  if (given === undefined || !OUTCOMES.some((outcome) => outcome === given['outcome']))
    return `An outcome is ${expected}.`;
  const unknown = Object.keys(given).find((field) => field !== 'outcome' && field !== 'reason');
  if (unknown !== undefined)
    return `"${unknown.slice(0, MAX_NAME_LENGTH)}" is not a field of an outcome, which is ${expected}.`;
  const reason = given['reason'];
  if (reason !== undefined && reason !== null && !isReason(reason))
    return 'A reason is a text of up to 1000 characters.';
  return undefined;
}

/** The possible actions, as the JSON to send. */
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

function listAdoptFields(attention: Attention): string[] {
  return needsSessionId(attention) ? ['sessionId'] : [];
}

function asObject(input: unknown): Record<string, unknown> | undefined {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return undefined;
  return { ...input };
}

function isReason(value: unknown): boolean {
  return typeof value === 'string' && reasonRule.test(value);
}

function isSessionId(value: unknown): boolean {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0;
}
