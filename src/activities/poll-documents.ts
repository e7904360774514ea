import { activityInfo } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { FailureKind, StepFailure } from '../domain/call-failure.js';
import { type KnownList, endsPolling } from '../domain/list-discrepancy.js';
import type { VendorDocument } from '../domain/vendor-document.js';
import { pollPauseMs, slowPollPauses } from '../workflows/retry-policies.js';
import type { ActivityDependencies } from './dependencies.js';
import { createFailure, createRetryLater } from './failures.js';
import { type ListRequest, createListDocuments } from './list-documents.js';

export interface PollRequest extends ListRequest, KnownList {
  /** Whether every failure is retried, too. Such polls are slower. */
  readonly toleratesFailures: boolean;
  /** Why a single poll before this has failed. It is shown until the next poll, which obeys its Retry-After. */
  readonly lastFailure?: StepFailure | undefined;
}

/**
 * Polls the documents until they change, and returns the changed list. While nothing has changed it fails with `RetryLater`,
 * which the server retries after a growing, jittered pause. So the history grows only with a change. The first poll comes
 * after the first pause.
 */
export function createPollDocuments(
  dependencies: Pick<ActivityDependencies, 'flexperto' | 'secrets' | 'pollPauses'>,
) {
  const listDocuments = createListDocuments(dependencies);
  return async (request: PollRequest): Promise<VendorDocument[]> => {
    const { attempt } = activityInfo();
    const { toleratesFailures, lastFailure } = request;
    const { pollPauses } = dependencies;
    const pauses = toleratesFailures ? slowPollPauses(pollPauses) : pollPauses;
    const pause = (retryAfterMs?: number): number =>
      pollPauseMs(attempt, pauses, Math.random(), retryAfterMs);
    if (attempt === 1) throw createFirstPause(lastFailure, pause);
    try {
      const listed = await listDocuments(request);
      if (endsPolling(request, listed)) return listed;
    } catch (error) {
      throw withPollPause(error, pause, toleratesFailures);
    }
    throw createRetryLater('no change since the last poll', pause());
  };
}

function createFirstPause(
  lastFailure: StepFailure | undefined,
  pause: (retryAfterMs?: number) => number,
): ApplicationFailure {
  if (lastFailure === undefined) return createRetryLater('the first poll comes later', pause());
  const { kind, message, retryAfterMs, status } = lastFailure;
  const nextRetryDelay = pause(retryAfterMs);
  return createFailure(kind, message, { status, retryAfterMs, nextRetryDelay, nonRetryable: false });
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
