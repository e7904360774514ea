import { activityInfo } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { FailureKind } from '../domain/call-failure.js';
import { listQuestion } from '../domain/list-question.js';
import { pollPauseMs, slowPollMs } from '../domain/pacing.js';
import type { DocumentState } from '../domain/status.js';
import { differ, withNews, type VendorDocument } from '../domain/vendor-document.js';
import { beating } from './beating.js';
import type { ActivityDependencies } from './dependencies.js';
import { toFailure } from './failures.js';
import { personalValues } from './redact.js';
import { list, type ListRequest } from './list-documents.js';
import { notYet } from './not-yet.js';

export interface PollRequest extends ListRequest {
  /** The documents as the session shows them; the poll ends when the vendor's list differs from it. */
  readonly known: readonly DocumentState[];
  /** What the list left open at the last look, as far as a human was asked (domain/list-question.ts). */
  readonly question?: string | undefined;
  /** Whether a list has shown every attached document; so it is where nothing is said. */
  readonly allListed?: boolean;
  /** Whether to look at once; else the first look comes after the first interval. */
  readonly atOnce: boolean;
  /**
   * Whether every failure passes and the first list is news: while the list call seems to be missing, and while a human is
   * asked. Such looks are slower.
   */
  readonly patient: boolean;
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
    const { atOnce, listWorks, patient } = request;
    const firstMs = patient ? slowPollMs(firstPollMs) : firstPollMs;
    const pause = (retryAfterMs?: number): number =>
      pollPauseMs(attempt, firstMs, Math.random(), retryAfterMs);
    const hidden = [...secrets, ...personalValues(request.participants)];
    if (!atOnce && attempt === 1) throw notYet('the next look comes later', pause());
    try {
      const listed = await beating(() => list(flexperto, request, hidden));
      if (patient || !listWorks || hasNews(request, listed)) return listed;
    } catch (error) {
      throw later(toFailure(error, { hidden }), pause, patient);
    }
    throw notYet('no change since the last look', pause());
  };
}

function hasNews(
  { known, question, allListed = true }: PollRequest,
  listed: readonly VendorDocument[],
): boolean {
  const now = withNews(known, listed);
  return differ(known, now) || listQuestion(now, listed, allListed) !== question;
}

/** A look that failed is taken again at the pace of the polling, or when the vendor asks for it. */
function later(error: unknown, pause: (retryAfterMs?: number) => number, patient: boolean): unknown {
  if (!(error instanceof ApplicationFailure)) return error;
  if (error.nonRetryable === true && !patient) return error;
  if (error.type === ('CallMissing' satisfies FailureKind)) return notYet(error.message, pause());
  return ApplicationFailure.create({
    message: error.message,
    type: error.type ?? 'OutcomeUnknown',
    details: error.details ?? [],
    nextRetryDelay: pause(typeof error.nextRetryDelay === 'number' ? error.nextRetryDelay : undefined),
  });
}
