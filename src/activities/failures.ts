import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import { DocumentChangedError, DocumentUnavailableError } from '../documents/errors.js';
import { type FailureKind, type StepFailure, isBusyStatus } from '../domain/call-failure.js';
import {
  AnswerNotUnderstoodError,
  FlexpertoError,
  NotSentError,
  OutcomeUnknownError,
  RefusedError,
} from '../flexperto/index.js';
import { redactVendorText } from '../shared/redaction.js';

/** The failure of an activity that waits: the server retries it after the pause, and the history does not grow. */
export function createRetryLater(message: string, nextRetryDelay: number): ApplicationFailure {
  // Benign: it is expected, so it belongs neither in an error log nor in an error metric.
  const category = ApplicationFailureCategory.BENIGN;
  const failure = ApplicationFailure.create({ type: 'RetryLater', message, nextRetryDelay, category });
  // Not an error, so a stack would show nothing; rendering it made an eighth of the garbage of a poll.
  failure.stack = '';
  return failure;
}

/** The `details` of the Temporal failure. */
export type FailureDetails = Omit<StepFailure, 'kind' | 'message'>;

/** What the failed step was about. */
export interface FailureContext {
  /** The name of the document, where the step concerns one. */
  readonly document?: string;
  /** Values that the vendor may repeat and no message may contain: the API key, the participants' data. */
  readonly sensitiveValues: readonly string[];
  /** Milliseconds from the call to its failure, where the workflow needs them. */
  readonly elapsedMs?: number | undefined;
}

/**
 * Turns an error into a Temporal failure: its type is the `FailureKind` and its message one sentence that is safe to show.
 * It has no cause, which could hold what the message leaves out. It is retryable where the same call may be made again;
 * callAtMostOnce (at-most-once-guard.ts) makes the failures of its calls non-retryable.
 */
export function toFailure(error: unknown, context: FailureContext): unknown {
  if (error instanceof DocumentChangedError)
    return createFailure('DocumentChanged', prefixDocument(context, error.message));
  if (error instanceof DocumentUnavailableError) {
    return createFailure('DocumentUnavailable', prefixDocument(context, error.message), {
      nonRetryable: !error.isTransient,
    });
  }
  if (!(error instanceof FlexpertoError)) return error;
  const message = context.document === undefined ? error.message : `${context.document}: ${error.message}`;
  if (error instanceof RefusedError) return createRefusal(error, message, context.sensitiveValues);
  if (error instanceof NotSentError) return createFailure('NotSent', message, { nonRetryable: false });
  if (error instanceof OutcomeUnknownError) {
    const { status, retryAfterMs, timedOut } = error;
    const { elapsedMs } = context;
    return createFailure('OutcomeUnknown', message, {
      status,
      retryAfterMs,
      timedOut,
      elapsedMs,
      nonRetryable: false,
    });
  }
  if (error instanceof AnswerNotUnderstoodError)
    return createFailure('AnswerNotUnderstood', message, { nonRetryable: false });
  return error;
}

interface FailureOptions {
  readonly status?: number | undefined;
  readonly retryAfterMs?: number | undefined;
  readonly timedOut?: boolean;
  readonly runId?: string;
  readonly elapsedMs?: number | undefined;
  readonly nonRetryable?: boolean;
  readonly nextRetryDelay?: number;
}

/** A failure of a known kind; non-retryable by default. */
export function createFailure(
  kind: FailureKind,
  message: string,
  options: FailureOptions = {},
): ApplicationFailure {
  const { status, retryAfterMs, timedOut = false, runId, elapsedMs, nonRetryable = true } = options;
  const details: FailureDetails = {
    ...(status === undefined ? {} : { status }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...(timedOut ? { timedOut } : {}),
    ...(runId === undefined ? {} : { runId }),
    ...(elapsedMs === undefined ? {} : { elapsedMs }),
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

function createRefusal(
  error: RefusedError,
  message: string,
  sensitiveValues: readonly string[],
): ApplicationFailure {
  const vendorText = redactVendorText(error.vendorMessage, sensitiveValues);
  const sentence = vendorText === '' ? message : `${message}: "${vendorText}"`;
  return createFailure('Refused', sentence, {
    status: error.status,
    retryAfterMs: error.retryAfterMs,
    nonRetryable: !isBusyStatus(error.status),
  });
}

function prefixDocument({ document }: FailureContext, message: string): string {
  return document === undefined ? message : `${document} ${message}`;
}
