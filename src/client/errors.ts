import { WorkflowFailedError, WorkflowNotFoundError, WorkflowUpdateFailedError } from '@temporalio/client';
import { ApplicationFailure, CancelledFailure, TerminatedFailure } from '@temporalio/common';
import type { Problem } from '../domain/field-schema.js';
import { describeProblems } from '../domain/parse-request.js';
import type { SigningState } from '../domain/status.js';
import { mapCallError } from '../shared/temporal-errors.js';
import { REJECTION_TYPES } from '../workflows/messages.js';

/** The request is wrong; nothing was started. `problems` names every wrong field. */
export class InvalidRequestError extends Error {
  override readonly name = 'InvalidRequestError';
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(describeProblems(problems));
    this.problems = problems;
  }
}

/** The requestId is in use for a request with other content; nothing was started or changed. */
export class RequestConflictError extends Error {
  override readonly name = 'RequestConflictError';
  readonly requestId: string;
  /** Whether the other request belongs to another employee. */
  readonly ofAnotherEmployee: boolean;

  constructor(requestId: string, ofAnotherEmployee: boolean) {
    super(
      `The requestId ${requestId} was already used for a request with other content; nothing was started. ` +
        'A changed request needs a new requestId.',
    );
    this.requestId = requestId;
    this.ofAnotherEmployee = ofAnotherEmployee;
  }
}

/** The employee has reached the limit of starts within an hour; nothing was started. */
export class TooManyStartsError extends Error {
  override readonly name = 'TooManyStartsError';
  /** How long until the next start can succeed, in milliseconds. */
  readonly retryAfterMs: number;

  constructor(startsPerHour: number, retryAfterMs: number) {
    super(
      `An employee can start ${startsPerHour} signings within an hour, and this one has; ` +
        `the next one can be started in ${formatWait(retryAfterMs)}.`,
    );
    this.retryAfterMs = retryAfterMs;
  }
}

/** Rounded up, so that the wait is long enough. */
function formatWait(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  const [count, unit] = seconds < 60 ? [seconds, 'second'] : [Math.ceil(seconds / 60), 'minute'];
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}

/** As long as a requestId can be. */
const MAX_SHOWN_LENGTH = 200;

/** There is no signing with this requestId, or the server has forgotten it after its retention time. */
export class SigningNotFoundError extends Error {
  override readonly name = 'SigningNotFoundError';
  readonly requestId: string;

  constructor(requestId: string) {
    const shown =
      requestId.length > MAX_SHOWN_LENGTH ? `${requestId.slice(0, MAX_SHOWN_LENGTH)}…` : requestId;
    super(`There is no signing with the requestId ${shown}.`);
    this.requestId = requestId;
  }
}

/** The signing does not accept the call in its present state; the message says what is possible. */
export class NotPossibleError extends Error {
  override readonly name = 'NotPossibleError';
}

/** No worker answered in time; the signing itself is not affected. */
export class NoWorkerError extends Error {
  override readonly name = 'NoWorkerError';
  readonly taskQueue: string;
  /** From the search attributes, if the server has them. */
  readonly lastState: SigningState | null;

  constructor(taskQueue: string, lastState: SigningState | null) {
    super(
      `No worker answered: is one running on the task queue ${taskQueue}? The signing itself is safe` +
        (lastState === null ? '.' : `; its last known state is ${lastState}.`),
    );
    this.taskQueue = taskQueue;
    this.lastState = lastState;
  }
}

/** The worker or flexperto rejected the request: nothing was sent, and the signing has ended. */
export class RequestRejectedError extends Error {
  override readonly name = 'RequestRejectedError';
}

/** The workflow was terminated in Temporal; what already exists at flexperto stays there. */
export class SigningTerminatedError extends Error {
  override readonly name = 'SigningTerminatedError';
  readonly requestId: string;

  constructor(requestId: string) {
    super(`The signing ${requestId} was terminated in Temporal; what exists at flexperto stays there.`);
    this.requestId = requestId;
  }
}

/** The workflow failed without an outcome: a fault of the worker or its set-up. */
export class SigningBrokenError extends Error {
  override readonly name = 'SigningBrokenError';
  readonly requestId: string;

  constructor(requestId: string, reason: string) {
    super(
      `The signing ${requestId} broke off without an outcome (${reason}); what exists at flexperto stays there.`,
    );
    this.requestId = requestId;
  }
}

/** Turns an error of the Temporal client into one of this library; passes other errors on. */
export function mapError(error: unknown, requestId: string): unknown {
  if (error instanceof WorkflowNotFoundError) {
    return /already completed/i.test(error.message)
      ? new NotPossibleError(`The signing ${requestId} has ended already.`)
      : new SigningNotFoundError(requestId);
  }
  if (error instanceof WorkflowUpdateFailedError)
    return new NotPossibleError(error.cause?.message ?? error.message);
  return error instanceof WorkflowFailedError ? mapWorkflowFailure(error, requestId) : mapCallError(error);
}

/** Why a workflow ended without an outcome. */
function mapWorkflowFailure({ cause }: WorkflowFailedError, requestId: string): Error {
  if (cause instanceof ApplicationFailure && REJECTION_TYPES.includes(cause.type ?? ''))
    return new RequestRejectedError(cause.message);
  if (cause instanceof TerminatedFailure) return new SigningTerminatedError(requestId);
  if (cause instanceof CancelledFailure) return new SigningBrokenError(requestId, 'it was cancelled');
  return new SigningBrokenError(requestId, cause?.message ?? 'no reason is known');
}
