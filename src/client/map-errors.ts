import { WorkflowFailedError, WorkflowNotFoundError, WorkflowUpdateFailedError } from '@temporalio/client';
import { ApplicationFailure, CancelledFailure, TerminatedFailure } from '@temporalio/common';
import { mapCallError } from '../shared/temporal-errors.js';
import { REJECTION_TYPES } from '../workflows/messages.js';
import {
  NotPossibleError,
  RequestRejectedError,
  SigningBrokenError,
  SigningNotFoundError,
  SigningTerminatedError,
} from './errors.js';

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
