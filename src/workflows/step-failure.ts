import { ActivityFailure, ApplicationFailure, CancelledFailure, TimeoutFailure } from '@temporalio/workflow';
import type { FailureKind, StepFailure } from '../domain/call-failure.js';
import type { FailureDetails } from '../activities/failures.js';

const KINDS = new Set<string>([
  'NotSent', 'Refused', 'OutcomeUnknown', 'AnswerNotUnderstood', 'CallMissing', 'UploadUrlRejected',
  'DocumentChanged', 'DocumentUnavailable', 'RequestRejected', 'NotYet',
] satisfies FailureKind[]); // prettier-ignore

/**
 * Thrown by the codec (encryption/payload-codec.ts) when a worker lacks a key, before the activity itself begins: nothing
 * was sent, and the next try may reach a worker that has the key.
 */
const UNREADABLE = 'UnreadablePayloadError';

/** What an activity's failure says. Anything but an activity's failure is thrown on: a cancellation, a bug. */
export function stepFailure(error: unknown): StepFailure {
  if (!(error instanceof ActivityFailure) || error.cause instanceof CancelledFailure) throw error;
  const { cause } = error;
  if (cause instanceof ApplicationFailure && isKind(cause.type)) {
    const details = cause.details?.[0] as FailureDetails | undefined;
    return { kind: cause.type, message: cause.message, ...details };
  }
  if (cause instanceof ApplicationFailure && cause.type === UNREADABLE)
    return { kind: 'NotSent', message: cause.message };
  if (cause instanceof TimeoutFailure) {
    const message = `${error.activityType}: the worker was lost during the call, so it is not known what became of it`;
    return { kind: 'OutcomeUnknown', message };
  }
  return { kind: 'OutcomeUnknown', message: `unexpected: ${cause?.message ?? error.message}` };
}

function isKind(type: string | undefined | null): type is FailureKind {
  return typeof type === 'string' && KINDS.has(type);
}
