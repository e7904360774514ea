/**
 * Why a step did not succeed. It is the `type` of the Temporal failure, so the Temporal UI shows it.
 *
 * - `NotSent`: the request certainly did not reach the vendor.
 * - `Refused`: the vendor answered with an error status.
 * - `OutcomeUnknown`: the call may have taken effect.
 * - `AnswerNotUnderstood`: the vendor accepted the call with a response that could not be read.
 * - `CallNotSupported`: this tenant does not have the call.
 * - `UploadUrlRejected`: the upload URL has expired, expires before the upload can end, or the host refuses it.
 * - `DocumentChanged`: the bytes differ from those that were checked.
 * - `DocumentUnavailable`: the source could not be read.
 * - `InspectionInterrupted`: the inspection process was killed; the document may be fine.
 * - `RequestRejected`: something is wrong with the request or its documents; nothing was sent.
 * - `RetryLater`: nothing has changed since the last poll.
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

/**
 * The type of the failure that the codec (shared/encryption/payload-codec.ts) throws when a worker lacks a key, before the
 * activity begins: nothing was sent, and the next attempt may reach a worker that has the key.
 */
export const UNREADABLE_PAYLOAD = 'UnreadablePayloadError';

/** A failed step, as the workflow sees it. `message` is one sentence that is safe to show. */
export interface StepFailure {
  readonly kind: FailureKind;
  readonly message: string;
  readonly status?: number;
  /** The vendor's Retry-After, in milliseconds from its response. */
  readonly retryAfterMs?: number;
  /** The call timed out or its worker was lost, so it may still be running. */
  readonly timedOut?: true;
  /** The run of the workflow that refused the call because an earlier run may have made it. */
  readonly runId?: string;
  /** Milliseconds from the call to its failure; absent where no call was made or the worker was lost. */
  readonly elapsedMs?: number;
}

/** What follows the failure of a call that is not idempotent. */
export type Disposition = 'retry' | 'unknown' | 'rejected';

/** Only a call that certainly had no effect is retried. A call that is neither certainly made nor rejected is unknown. */
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
 * Whether a call was made and the vendor did not answer: a time-out, a broken connection, a lost worker, or a proxy that
 * answered for the vendor (502 to 504). The call may still take effect.
 */
export function lacksVendorResponse({ kind, status, runId }: StepFailure): boolean {
  if (kind !== 'OutcomeUnknown' || runId !== undefined) return false;
  return status === undefined || (status >= 502 && status <= 504);
}

/** Statuses of a proxy that gave up waiting for the vendor, which may still be running the call. */
const GATEWAY_TIMEOUT_STATUSES = [408, 502, 503, 504];

/**
 * Whether the call can still take effect minutes after it failed. A reset connection does not count: a server sends it
 * quickly, and no longer works on the call. After a reset of the workflow the call of the earlier run may have just begun.
 */
export function mayStillBeRunning({ timedOut, status, runId }: StepFailure): boolean {
  return (
    timedOut === true ||
    runId !== undefined ||
    (status !== undefined && GATEWAY_TIMEOUT_STATUSES.includes(status))
  );
}

/** "Not now": 429, and a 503 with Retry-After, which is classified as a refusal. */
export function isBusyStatus(status: number | undefined): boolean {
  return status === 429 || status === 503;
}

/** Statuses of a server that does not know a call. A proxy or a deployment in progress can cause them too. */
export function isUnsupportedStatus(status: number | undefined): boolean {
  return status === 404 || status === 405 || status === 501;
}

/** Statuses that mean that the vendor does not have the file: gone, or never there. */
export function isFileGoneStatus(status: number | undefined): boolean {
  return status === 404 || status === 410;
}

/** Statuses that blame the request itself; the same request would fail again. */
export function isInvalidRequestStatus(status: number | undefined): boolean {
  return status !== undefined && [400, 406, 409, 413, 414, 415, 422].includes(status);
}
