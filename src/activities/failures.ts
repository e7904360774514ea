import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';

import { isBusyStatus, type FailureKind } from '../domain/call-failure.js';
import { DocumentChangedError, DocumentUnavailableError } from '../documents/errors.js';
import {
  AnswerNotUnderstoodError,
  FlexpertoError,
  NotSentError,
  OutcomeUnknownError,
  RefusedError,
} from '../flexperto/index.js';
import { redactVendorText } from '../shared/redaction.js';

/** What a waiting activity fails with: the server starts it again after the pause, and no history grows. */
export function createRetryLater(message: string, nextRetryDelay: number): ApplicationFailure {
  // Benign: an expected "not yet" belongs neither in an error log nor in an error metric.
  const category = ApplicationFailureCategory.BENIGN;
  const failure = ApplicationFailure.create({ type: 'RetryLater', message, nextRetryDelay, category });
  // No fault has a place here that a stack would show, and to write one out was an eighth of the garbage of a look.
  failure.stack = '';
  return failure;
}

/** What a failure tells beside its message: the `details` of the Temporal failure. */
export interface FailureDetails {
  readonly status?: number;
  readonly retryAfterMs?: number;
  readonly timedOut?: true;
  /** The run that must settle first what the run before has done. */
  readonly runId?: string;
  /** Milliseconds from the call to its failure. */
  readonly elapsedMs?: number;
}

/** What the failing step was about. */
export interface FailureContext {
  /** Name of the document, where it is about one. */
  readonly document?: string;
  /** Values that the vendor could repeat and nobody may read: the API key, the participants' data. */
  readonly sensitiveValues: readonly string[];
  /** Milliseconds from the call to its failure, where something hangs on it. */
  readonly elapsedMs?: number | undefined;
}

/**
 * The one place where an error becomes a Temporal failure: its type is the `FailureKind`, its message one sentence that
 * is safe to show, and the cause is left out because it could hold what the message hides. Failures are retryable where
 * the same call may simply be made again; those of calls that are not idempotent never are (unrepeatable.ts).
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

/** A failure of a known kind; not retryable unless said so. */
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
