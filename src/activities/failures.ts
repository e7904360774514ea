import { ApplicationFailure } from '@temporalio/common';
import { isBusy, type FailureKind } from '../domain/call-failure.js';
import { DocumentChangedError, DocumentUnavailableError } from '../documents/errors.js';
import {
  AnswerNotUnderstoodError,
  FlexpertoError,
  NotSentError,
  OutcomeUnknownError,
  RefusedError,
} from '../flexperto/index.js';
import { vendorWords } from './redact.js';

/** What a failure tells beside its message: the `details` of the Temporal failure. */
export interface FailureDetails {
  readonly status?: number;
  readonly retryAfterMs?: number;
  readonly unanswered?: true;
  /** The run that must settle first what the run before has done. */
  readonly runId?: string;
  /** Milliseconds from the call to its failure. */
  readonly sinceCallMs?: number;
}

/** What the failing step was about. */
export interface FailureContext {
  /** Name of the document, where it is about one. */
  readonly document?: string;
  /** Values that the vendor could repeat and nobody may read: the API key, the participants' data. */
  readonly hidden: readonly string[];
  /** Milliseconds from the call to its failure, where something hangs on it. */
  readonly sinceCallMs?: number | undefined;
}

/**
 * The one place where an error becomes a Temporal failure: its type is the `FailureKind`, its message one sentence that
 * is safe to show, and the cause is left out because it could hold what the message hides. Failures are retryable where
 * the same call may simply be made again; those of calls that are not idempotent never are (unrepeatable.ts).
 */
export function toFailure(error: unknown, context: FailureContext): unknown {
  if (error instanceof DocumentChangedError) return failure('DocumentChanged', about(context, error.message));
  if (error instanceof DocumentUnavailableError) {
    return failure('DocumentUnavailable', about(context, error.message), { nonRetryable: !error.passing });
  }
  if (!(error instanceof FlexpertoError)) return error;
  const message = context.document === undefined ? error.message : `${context.document}: ${error.message}`;
  if (error instanceof RefusedError) return refusal(error, message, context.hidden);
  if (error instanceof NotSentError) return failure('NotSent', message, { nonRetryable: false });
  if (error instanceof OutcomeUnknownError) {
    const { status, retryAfterMs, unanswered } = error;
    const { sinceCallMs } = context;
    return failure('OutcomeUnknown', message, {
      status,
      retryAfterMs,
      unanswered,
      sinceCallMs,
      nonRetryable: false,
    });
  }
  if (error instanceof AnswerNotUnderstoodError)
    return failure('AnswerNotUnderstood', message, { nonRetryable: false });
  return error;
}

interface FailureOptions {
  readonly status?: number | undefined;
  readonly retryAfterMs?: number | undefined;
  readonly unanswered?: boolean;
  readonly runId?: string;
  readonly sinceCallMs?: number | undefined;
  readonly nonRetryable?: boolean;
  readonly nextRetryDelay?: number;
}

/** A failure of a known kind; not retryable unless said so. */
export function failure(
  kind: FailureKind,
  message: string,
  options: FailureOptions = {},
): ApplicationFailure {
  const { status, retryAfterMs, unanswered = false, runId, sinceCallMs, nonRetryable = true } = options;
  const details: FailureDetails = {
    ...(status === undefined ? {} : { status }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...(unanswered ? { unanswered } : {}),
    ...(runId === undefined ? {} : { runId }),
    ...(sinceCallMs === undefined ? {} : { sinceCallMs }),
  };
  const nextRetryDelay = options.nextRetryDelay ?? retryAfterMs;
  return ApplicationFailure.create({
    type: kind,
    message,
    nonRetryable,
    details: [details],
    ...(nextRetryDelay === undefined ? {} : { nextRetryDelay }),
  });
}

function refusal(error: RefusedError, message: string, hidden: readonly string[]): ApplicationFailure {
  const words = vendorWords(error.vendorMessage, hidden);
  const sentence = words === '' ? message : `${message}: "${words}"`;
  return failure('Refused', sentence, {
    status: error.status,
    retryAfterMs: error.retryAfterMs,
    nonRetryable: !isBusy(error.status),
  });
}

function about({ document }: FailureContext, message: string): string {
  return document === undefined ? message : `${document} ${message}`;
}
