import { condition, uuid4 } from '@temporalio/workflow';
import {
  type ClosedAttention,
  type Resolution,
  appendRetryTime,
  validateResolution,
} from '../domain/resolution.js';
import type { Action, Attention, SigningStatus, Step } from '../domain/status.js';
import { countAttention } from './metrics.js';
import type { PublishedStatus } from './published-status.js';

/** An older decision is rejected as if its id had never existed. */
const MAX_CLOSED_ATTENTIONS = 100;

/** What a person must look at, and in which step it came up. */
export type Issue = Pick<Attention, 'step' | 'reason'>;

/** A person has ended the signing; the workflow catches it where the lifecycle ends. */
export class SigningAborted extends Error {
  override readonly name = 'SigningAborted';
}

/** The decisions that a signing needs from a person: one at a time. */
export interface Decisions {
  /**
   * Publishes that a decision is needed, and waits for it. A `retry` is rejected before `retryNotBefore` (milliseconds
   * since 1970), and the reason says so. @throws SigningAborted
   */
  waitForDecision(
    step: Step,
    reason: string,
    actions: readonly Action[],
    retryNotBefore?: number,
  ): Promise<Resolution>;
  /** Why this decision is not possible now, in one sentence; `undefined` when it is. */
  validateDecision(decision: unknown): string | undefined;
  /** Carries out a decision, and immediately leaves the state that it ends. A repeated decision changes nothing. */
  resolve(decision: Resolution): SigningStatus;
  /** Closes the open attention without a decision: the step goes on as after a retry. */
  continueWithoutDecision(): SigningStatus;
  /** Closes the open attention and returns to the state before. Returns the issue, which is still unsolved. */
  withdrawAttention(): Issue | undefined;
  readonly closedAttentions: () => readonly ClosedAttention[];
}

/** `previouslyClosed`: by the runs that this one continues, so that a repeated decision is recognized here, too. */
export function createDecisions(
  published: PublishedStatus,
  previouslyClosed: readonly ClosedAttention[],
): Decisions {
  const { status } = published;
  let stateBefore = status().state;
  let resolution: Resolution | undefined;
  let retryNotBefore: number | undefined;
  let closedAttentions = previouslyClosed;

  const closeAttention = (closed: ClosedAttention, nextResolution: Resolution): void => {
    closedAttentions = [...closedAttentions, closed].slice(-MAX_CLOSED_ATTENTIONS);
    resolution = nextResolution;
  };
  const clearAttention = (): SigningStatus => published.publish({ state: stateBefore, attention: null });

  return {
    waitForDecision: async (step, reason, actions, retryTime) => {
      stateBefore = status().state;
      resolution = undefined;
      retryNotBefore = retryTime;
      const attention = { ...createAttention({ step, reason: appendRetryTime(reason, retryTime) }), actions };
      published.publish({ state: 'needs-attention', attention });
      countAttention(step);
      await condition(() => resolution !== undefined);
      return assertNotAborted(resolution);
    },
    validateDecision: (decision) =>
      validateResolution(decision, {
        attention: status().attention,
        closed: closedAttentions,
        retryNotBefore,
        now: Date.now(),
      }),
    resolve: (decision) => {
      if (closedAttentions.some(({ attentionId }) => attentionId === decision.attentionId)) return status();
      closeAttention(decision, decision);
      return decision.action === 'abort'
        ? published.publish({ attention: markAborted(status().attention, decision.reason) })
        : clearAttention();
    },
    continueWithoutDecision: () => {
      const { attention } = status();
      // An abort that came just before counts.
      if (attention === null || attention.actions.length === 0) return status();
      const attentionId = attention.id;
      closeAttention({ attentionId, action: null }, { attentionId, action: 'retry' });
      return clearAttention();
    },
    withdrawAttention: () => {
      const { attention } = status();
      if (attention === null) return undefined;
      const { id, step, reason } = attention;
      closedAttentions = [...closedAttentions, { attentionId: id, action: null }];
      clearAttention();
      return { step, reason };
    },
    closedAttentions: () => closedAttentions,
  };
}

/** The id is unique: those of a run that was started over differ from those of the run before. */
export function createAttention({ step, reason }: Issue): Omit<Attention, 'actions'> {
  return { id: `${step}-${uuid4().slice(0, 8)}`, step, reason, since: new Date().toISOString() };
}

function assertNotAborted(resolution: Resolution | undefined): Resolution {
  if (resolution === undefined || resolution.action === 'abort') throw new SigningAborted();
  return resolution;
}

function markAborted(attention: Attention | null, reason: string): Attention | null {
  if (attention === null) return null;
  return { ...attention, actions: [], reason: `Aborted by a person: ${reason}. Before: ${attention.reason}` };
}
