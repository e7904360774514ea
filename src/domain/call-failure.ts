/**
 * Why a step did not succeed. The word is the `type` of the Temporal failure, so that it reads well in the Temporal UI.
 *
 * - `NotSent`: the request surely did not reach the vendor.
 * - `Refused`: the vendor answered with a status that says no.
 * - `OutcomeUnknown`: the request may or may not have had its effect.
 * - `AnswerNotUnderstood`: the vendor said yes, in words that could not be read.
 * - `CallMissing`: this tenant does not have the call.
 * - `UploadUrlRejected`: the upload URL has expired, will before the upload can end, or the host refuses it.
 * - `DocumentChanged`: the bytes are not those that were checked.
 * - `DocumentUnavailable`: the source could not be read.
 * - `InspectionInterrupted`: the inspection of a document ended from outside; that says nothing about the document.
 * - `RequestRejected`: something is wrong with the request or its documents; nothing was sent.
 * - `NotYet`: nothing has changed since the last look.
 */
export type FailureKind =
  | 'NotSent'
  | 'Refused'
  | 'OutcomeUnknown'
  | 'AnswerNotUnderstood'
  | 'CallNotSupported'
  | 'UploadUrlRejected'
  | 'DocumentChanged'
  | 'DocumentUnavailable'
  | 'InspectionInterrupted'
  | 'RequestRejected'
  | 'RetryLater';

/** What a step's failure tells the workflow. `message` is one sentence that is safe to show. */
export interface StepFailure {
  readonly kind: FailureKind;
  readonly message: string;
  readonly status?: number;
  /** The vendor's Retry-After, in milliseconds from its answer. */
  readonly retryAfterMs?: number;
  /** No answer came for so long that the call may still be under way: a time-out, a lost worker. */
  readonly timedOut?: true;
  /** The run of the workflow that refused the call, since the run before it may have made it. */
  readonly runId?: string;
  /** Milliseconds from the call to its failure, where the call was made and the worker was not lost. */
  readonly elapsedMs?: number;
}

/** What may follow the failure of a call that is not idempotent. */
export type Disposition = 'retry' | 'unknown' | 'rejected';

/** Only what surely had no effect is tried again; everything that is not surely one or the other is unclear. */
export function classifyFailure({ kind, status }: StepFailure): Disposition {
  switch (kind) {
    case 'NotSent':
      return 'retry';
    case 'Refused':
      return isBusyStatus(status) ? 'retry' : 'rejected';
    case 'CallNotSupported':
    case 'DocumentChanged':
    case 'DocumentUnavailable':
    case 'InspectionInterrupted':
    case 'RequestRejected':
    case 'UploadUrlRejected':
      return 'rejected';
    case 'OutcomeUnknown':
    case 'AnswerNotUnderstood':
    case 'RetryLater':
      return 'unknown';
  }
}

/**
 * Whether a call was made and nobody answered: no answer in time, a connection that broke, a lost worker, or a proxy that
 * answered in the vendor's place (502 to 504). It may still have its effect.
 */
export function lacksVendorResponse({ kind, status, runId }: StepFailure): boolean {
  if (kind !== 'OutcomeUnknown' || runId !== undefined) return false;
  return status === undefined || (status >= 502 && status <= 504);
}

/** Statuses by which something in front of the vendor gives up waiting for it, while it may go on. */
const GATEWAY_TIMEOUT_STATUSES = [408, 502, 503, 504];

/**
 * Whether the call can still take effect, minutes after it failed. A connection that was reset is not among it: a reset
 * comes quickly, from a server that is not at work on the call any more. A run that was started over tells nothing of the
 * run before, whose call may have just begun.
 */
export function mayStillBeRunning({ timedOut, status, runId }: StepFailure): boolean {
  return (
    timedOut === true ||
    runId !== undefined ||
    (status !== undefined && GATEWAY_TIMEOUT_STATUSES.includes(status))
  );
}

/** "Not now": 429, and 503 where it came as a refusal, that is with Retry-After. */
export function isBusyStatus(status: number | undefined): boolean {
  return status === 429 || status === 503;
}

/** Statuses of a server that does not know a call. A proxy or a deployment in the middle can bring them as well. */
export function isUnsupportedStatus(status: number | undefined): boolean {
  return status === 404 || status === 405 || status === 501;
}

/** Statuses by which the vendor says that it does not have the file: gone, or never there. */
export function isFileGoneStatus(status: number | undefined): boolean {
  return status === 404 || status === 410;
}

/** Statuses by which the vendor finds fault with the request itself; another try with the same request is pointless. */
export function isInvalidRequestStatus(status: number | undefined): boolean {
  return status !== undefined && [400, 406, 409, 413, 414, 415, 422].includes(status);
}
