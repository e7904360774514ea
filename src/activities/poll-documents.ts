import { activityInfo } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { FailureKind } from '../domain/call-failure.js';
import { findDiscrepancy } from '../domain/list-discrepancy.js';
import type { DocumentState } from '../domain/status.js';
import { type VendorDocument, hasChanged, mergeDocuments } from '../domain/vendor-document.js';
import { listPersonalValues } from '../shared/redaction.js';
import { pollPauseMs, slowPollPauses } from '../workflows/retry-policies.js';
import type { ActivityDependencies } from './dependencies.js';
import { createRetryLater, toFailure } from './failures.js';
import { withHeartbeat } from './heartbeat.js';
import { type ListRequest, listRedacted } from './list-documents.js';

export interface PollRequest extends ListRequest {
  /** The documents as the status shows them; the activity returns when the vendor's list differs. */
  readonly knownDocuments: readonly DocumentState[];
  /** The discrepancy that needs a decision since an earlier poll (domain/list-discrepancy.ts). */
  readonly reportedDiscrepancy?: string | undefined;
  /** Whether lists have shown every attached document; true by default. */
  readonly allListed?: boolean;
  /** Whether to poll immediately; else the first poll comes after the first pause. */
  readonly pollImmediately: boolean;
  /**
   * Whether every failure is retried and the first list ends the activity: while the tenant seems to lack the list call, and
   * while a decision is needed. Such polls are slower.
   */
  readonly toleratesFailures: boolean;
}

/**
 * Polls the documents until they change, and returns the changed list. While nothing has changed it fails with `RetryLater`,
 * which the server retries after a growing, jittered pause. So the history grows only with a change.
 */
export function createPollDocuments({
  flexperto,
  secrets,
  pollPauses,
}: Pick<ActivityDependencies, 'flexperto' | 'secrets' | 'pollPauses'>) {
  return async (request: PollRequest): Promise<VendorDocument[]> => {
    const { attempt } = activityInfo();
    const { pollImmediately, listWorks, toleratesFailures } = request;
    const pauses = toleratesFailures ? slowPollPauses(pollPauses) : pollPauses;
    const pause = (retryAfterMs?: number): number =>
      pollPauseMs(attempt, pauses, Math.random(), retryAfterMs);
    const sensitiveValues = [...secrets, ...listPersonalValues(request.participants)];
    if (!pollImmediately && attempt === 1)
      throw createRetryLater('the first poll comes later', pause());
    try {
      const listed = await withHeartbeat(() => listRedacted(flexperto, request, sensitiveValues));
      if (toleratesFailures || !listWorks || hasListChanged(request, listed)) return listed;
    } catch (error) {
      throw withPollPause(toFailure(error, { sensitiveValues }), pause, toleratesFailures);
    }
    throw createRetryLater('no change since the last poll', pause());
  };
}

function hasListChanged(
  { knownDocuments, reportedDiscrepancy, allListed = true }: PollRequest,
  listed: readonly VendorDocument[],
): boolean {
  const merged = mergeDocuments(knownDocuments, listed);
  return (
    hasChanged(knownDocuments, merged) || findDiscrepancy(merged, listed, allListed) !== reportedDiscrepancy
  );
}

/** A failed poll is repeated after the usual pause, or after the vendor's Retry-After. */
function withPollPause(
  error: unknown,
  pause: (retryAfterMs?: number) => number,
  toleratesFailures: boolean,
): unknown {
  if (!(error instanceof ApplicationFailure)) return error;
  if (error.nonRetryable === true && !toleratesFailures) return error;
  if (error.type === ('CallNotSupported' satisfies FailureKind))
    return createRetryLater(error.message, pause());
  return ApplicationFailure.create({
    message: error.message,
    type: error.type ?? 'OutcomeUnknown',
    details: error.details ?? [],
    nextRetryDelay: pause(typeof error.nextRetryDelay === 'number' ? error.nextRetryDelay : undefined),
  });
}
