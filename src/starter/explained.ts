import {
  isGrpcServiceError,
  WorkflowFailedError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
} from '@temporalio/client';
import { rethrowKnownErrorTypes } from '@temporalio/client/lib/helpers';
import {
  ApplicationFailure,
  CancelledFailure,
  NamespaceNotFoundError,
  TerminatedFailure,
  ValueError,
} from '@temporalio/common';
import { UnreadablePayloadError } from '../encryption/index.js';
import {
  NoAccessError,
  NoServerError,
  NotPossibleError,
  RequestRejectedError,
  SigningBrokenError,
  SigningNotFoundError,
  SigningTerminatedError,
} from './errors.js';

/** The gRPC statuses that are told apart. Source: the gRPC status codes. */
const GRPC = {
  ok: 0,
  cancelled: 1,
  invalidArgument: 3,
  deadlineExceeded: 4,
  notFound: 5,
  permissionDenied: 7,
  resourceExhausted: 8,
  failedPrecondition: 9,
  unimplemented: 12,
  unavailable: 14,
  unauthenticated: 16,
};

/** An error of the Temporal client as one of this library; what is neither is passed on. */
export function explained(error: unknown, requestId: string): unknown {
  if (error instanceof WorkflowNotFoundError) {
    return /already completed/i.test(error.message)
      ? new NotPossibleError(`The signing ${requestId} has ended already.`)
      : new SigningNotFoundError(requestId);
  }
  if (error instanceof WorkflowUpdateFailedError)
    return new NotPossibleError(error.cause?.message ?? error.message);
  return error instanceof WorkflowFailedError ? endedWithout(error, requestId) : explainedCall(error);
}

/** The same for a call that is about no one signing. */
export function explainedCall(given: unknown): unknown {
  const error = namedByClient(given);
  if (error instanceof NamespaceNotFoundError)
    return new NoAccessError(`The Temporal server has no namespace ${error.namespace} (TEMPORAL_NAMESPACE).`);
  // A client that was made without our data converter, and so without a codec that would name the key.
  if (error instanceof ValueError && error.message.endsWith('binary/encrypted')) {
    return new UnreadablePayloadError(
      'The answer is encrypted, and this client was created without createDataConverter(parsePayloadKeys(…)).',
    );
  }
  const { code, details } = grpcStatusOf(error);
  switch (code) {
    case GRPC.permissionDenied:
    case GRPC.unauthenticated:
      return new NoAccessError(`The Temporal server does not let this client in: ${details}`);
    case GRPC.cancelled:
    case GRPC.deadlineExceeded:
    case GRPC.unavailable:
      return new NoServerError(`The Temporal server does not answer: ${details}`);
    case GRPC.resourceExhausted:
      return new NoServerError(`The Temporal server has too much to do: ${details}`);
    default:
      return error;
  }
}

/** A bare call of the service lacks the names that the client's own calls give to some errors. */
function namedByClient(error: unknown): unknown {
  if (!isGrpcServiceError(error)) return error;
  try {
    rethrowKnownErrorTypes(error);
  } catch (known) {
    return known;
  }
  return error;
}

/** Whether the server has waited for a worker in vain: too long, or because it knows that none has been there. */
export function lacksWorker(error: unknown): boolean {
  const { code } = grpcStatusOf(error);
  return code === GRPC.cancelled || code === GRPC.deadlineExceeded || code === GRPC.failedPrecondition;
}

/** Whether the namespace does not know the search attributes yet: the first worker registers them. */
export function lacksSearchAttributes(error: unknown): boolean {
  const { code, details } = grpcStatusOf(error);
  return code === GRPC.invalidArgument && details.includes('search attribute');
}

/** Whether the server knows nothing of what it was asked for, or has forgotten it after its retention time. */
export function isUnknownToServer(error: unknown): boolean {
  return grpcStatusOf(error).code === GRPC.notFound;
}

/** Whether this client may not make the call, or the server (or a proxy before it) does not offer it. */
export function isDenied(error: unknown): boolean {
  return isUnimplemented(error) || grpcStatusOf(error).code === GRPC.permissionDenied;
}

/** Whether the server, or a proxy before it, does not offer the call. */
export function isUnimplemented(error: unknown): boolean {
  return grpcStatusOf(error).code === GRPC.unimplemented;
}

/** Whether the server finds fault with what the call says, such as a query that names an unknown search attribute. */
export function isInvalidArgument(error: unknown): boolean {
  return grpcStatusOf(error).code === GRPC.invalidArgument;
}

function grpcStatusOf(error: unknown): { code: number; details: string } {
  if (isGrpcServiceError(error)) return error;
  return error instanceof Error && error.cause !== undefined
    ? grpcStatusOf(error.cause)
    : { code: GRPC.ok, details: '' };
}

/** The types of failure by which the workflow says that the request itself is at fault. */
export const AT_FAULT = ['RequestRejected', 'RequestRefused'];

/** Why a workflow ended without an outcome. */
function endedWithout({ cause }: WorkflowFailedError, requestId: string): Error {
  if (cause instanceof ApplicationFailure && AT_FAULT.includes(cause.type ?? ''))
    return new RequestRejectedError(cause.message);
  if (cause instanceof TerminatedFailure) return new SigningTerminatedError(requestId);
  if (cause instanceof CancelledFailure) return new SigningBrokenError(requestId, 'it was cancelled');
  return new SigningBrokenError(requestId, cause?.message ?? 'no reason is known');
}
