import { activityInfo } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { FailureKind } from '../domain/call-failure.js';
import { findDiscrepancy } from '../domain/list-discrepancy.js';
import { pollPauseMs, slowPollMs } from '../workflows/retry-policies.js';
import type { DocumentState } from '../domain/status.js';
import { hasChanged, mergeDocuments, type VendorDocument } from '../domain/vendor-document.js';
import { withHeartbeat } from './heartbeat.js';
import type { ActivityDependencies } from './dependencies.js';
import { toFailure, createRetryLater } from './failures.js';
import { listPersonalValues } from '../shared/redaction.js';
import { listRedacted, type ListRequest } from './list-documents.js';

export interface PollRequest extends ListRequest {
  /** The documents as the session shows them; the poll ends when the vendor's list differs from it. */
  readonly knownDocuments: readonly DocumentState[];
  /** What the list left open at the last look, as far as a human was asked (domain/list-question.ts). */
  readonly reportedDiscrepancy?: string | undefined;
  /** Whether a list has shown every attached document; so it is where nothing is said. */
  readonly allListed?: boolean;
  /** Whether to look at once; else the first look comes after the first interval. */
  readonly pollImmediately: boolean;
  /**
   * Whether every failure passes and the first list is news: while the list call seems to be missing, and while a human is
   * asked. Such looks are slower.
   */
  readonly toleratesFailures: boolean;
}

/**
 * Waits for news: looks at the documents and, while nothing has changed, fails with `NotYet`, which the server retries
 * after a growing, jittered pause. So the history grows only when something changed. Returns the changed list.
 */
export function createPollDocuments({
  flexperto,
  secrets,
  firstPollMs,
}: Pick<ActivityDependencies, 'flexperto' | 'secrets' | 'firstPollMs'>) {
  return async (request: PollRequest): Promise<VendorDocument[]> => {
    const { attempt } = activityInfo();
    const { pollImmediately, listWorks, toleratesFailures } = request;
    const firstMs = toleratesFailures ? slowPollMs(firstPollMs) : firstPollMs;
    const pause = (retryAfterMs?: number): number =>
      pollPauseMs(attempt, firstMs, Math.random(), retryAfterMs);
    const sensitiveValues = [...secrets, ...listPersonalValues(request.participants)];
    if (!pollImmediately && attempt === 1) throw createRetryLater('the next look comes later', pause());
    try {
      const listed = await withHeartbeat(() => listRedacted(flexperto, request, sensitiveValues));
      if (toleratesFailures || !listWorks || hasListChanged(request, listed)) return listed;
    } catch (error) {
      throw withPollPause(toFailure(error, { sensitiveValues }), pause, toleratesFailures);
    }
    throw createRetryLater('no change since the last look', pause());
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

/** A look that failed is taken again at the pace of the polling, or when the vendor asks for it. */
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
