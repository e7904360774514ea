import {
  isGrpcDeadlineError,
  WorkflowFailedError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import { ApplicationFailure, TerminatedFailure } from '@temporalio/common';
import {
  NoWorkerError,
  NotPossibleError,
  RequestRejectedError,
  SigningNotFoundError,
  SigningTerminatedError,
} from './errors.js';

/** An error of the Temporal client as one of this library; what is neither is passed on. */
export function explained(error: unknown, requestId: string): unknown {
  if (error instanceof WorkflowNotFoundError) {
    return /already completed/i.test(error.message)
      ? new NotPossibleError(`The signing ${requestId} has ended already.`)
      : new SigningNotFoundError(requestId);
  }
  if (error instanceof WorkflowUpdateFailedError)
    return new NotPossibleError(error.cause?.message ?? error.message);
  if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError || isGrpcDeadlineError(error))
    return new NoWorkerError();
  return error instanceof WorkflowFailedError ? endedWithout(error, requestId) : error;
}

/** The types of failure by which the workflow says that the request itself is at fault. */
const AT_FAULT = ['RequestRejected', 'RequestRefused'];

/** Why a workflow ended without an outcome. */
function endedWithout(error: WorkflowFailedError, requestId: string): Error {
  const { cause } = error;
  if (cause instanceof ApplicationFailure && AT_FAULT.includes(cause.type ?? ''))
    return new RequestRejectedError(cause.message);
  return cause instanceof TerminatedFailure ? new SigningTerminatedError(requestId) : error;
}
