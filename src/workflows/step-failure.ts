import { ActivityFailure, ApplicationFailure, CancelledFailure, TimeoutFailure } from '@temporalio/workflow';
import type { FailureDetails } from '../activities/failures.js';
import { type FailureKind, type StepFailure, UNREADABLE_PAYLOAD } from '../domain/call-failure.js';

const KINDS = new Set<string>([
  'NotSent', 'Refused', 'OutcomeUnknown', 'AnswerNotUnderstood', 'CallNotSupported', 'UploadUrlRejected',
  'DocumentChanged', 'DocumentUnavailable', 'InspectionInterrupted', 'RequestRejected', 'RetryLater',
] satisfies FailureKind[]); // prettier-ignore

/**
 * Reads the failure of an activity, or of a local activity, which the SDK does not wrap. Rethrows everything else: a
 * cancellation, a bug. A call that needs a confirmed heartbeat (activities/heartbeat.ts) was not made without one.
 */
export function toStepFailure(error: unknown, isHeartbeatConfirmed = false): StepFailure {
  const cause = findCause(error);
  if (cause === undefined) throw error;
  if (cause instanceof ApplicationFailure && isKind(cause.type)) {
    const details = cause.details?.[0] as FailureDetails | undefined;
    return { kind: cause.type, message: cause.message, ...details };
  }
  if (cause instanceof ApplicationFailure && cause.type === UNREADABLE_PAYLOAD)
    return { kind: 'NotSent', message: cause.message };
  if (cause instanceof TimeoutFailure) {
    if (isHeartbeatConfirmed && cause.timeoutType === 'HEARTBEAT' && cause.lastHeartbeatDetails === undefined)
      return {
        kind: 'NotSent',
        message: `${formatActivityPrefix(error)}the worker was lost before the call`,
      };
    const message = `${formatActivityPrefix(error)}the worker was lost during the call, so it is not known what became of it`;
    return { kind: 'OutcomeUnknown', message, timedOut: true };
  }
  return { kind: 'OutcomeUnknown', message: `unexpected: ${cause.message}` };
}

/** Whether another attempt of the activity certainly does not help. */
export function isNonRetryable(error: unknown): boolean {
  const cause = findCause(error);
  return cause instanceof ApplicationFailure && cause.nonRetryable === true;
}

function findCause(error: unknown): Error | undefined {
  if (error instanceof ApplicationFailure || error instanceof TimeoutFailure) return error;
  const cause = error instanceof ActivityFailure ? (error.cause ?? error) : undefined;
  return cause instanceof CancelledFailure ? undefined : cause;
}

function formatActivityPrefix(error: unknown): string {
  return error instanceof ActivityFailure ? `${error.activityType}: ` : '';
}

function isKind(type: string | undefined | null): type is FailureKind {
  return typeof type === 'string' && KINDS.has(type);
}
