import {
  isGrpcDeadlineError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import { NoWorkerError, NotPossibleError, SigningNotFoundError } from './errors.js';

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
  return error;
}
