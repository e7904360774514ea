import { isGrpcServiceError } from '@temporalio/client';
import { rethrowKnownErrorTypes } from '@temporalio/client/lib/helpers';
import { NamespaceNotFoundError, ValueError } from '@temporalio/common';
import { UnreadablePayloadError } from './encryption/index.js';

/** The gRPC statuses that are told apart. Source: the gRPC status codes. */
const GRPC_STATUS = {
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

/** The same for a call that is about no one signing. */
export function mapCallError(original: unknown): unknown {
  const error = toNamedError(original);
  if (error instanceof NamespaceNotFoundError)
    return new NoAccessError(`The Temporal server has no namespace ${error.namespace} (TEMPORAL_NAMESPACE).`);
  // A client that was made without our data converter, and so without a codec that would name the key.
  if (error instanceof ValueError && error.message.endsWith('binary/encrypted')) {
    return new UnreadablePayloadError(
      'The answer is encrypted, and this client was created without createDataConverter(parsePayloadKeys(…)).',
    );
  }
  const { code, details } = readGrpcStatus(error);
  switch (code) {
    case GRPC_STATUS.permissionDenied:
    case GRPC_STATUS.unauthenticated:
      return new NoAccessError(`The Temporal server does not let this client in: ${details}`);
    case GRPC_STATUS.cancelled:
    case GRPC_STATUS.deadlineExceeded:
    case GRPC_STATUS.unavailable:
      return new NoServerError(`The Temporal server does not answer: ${details}`);
    case GRPC_STATUS.resourceExhausted:
      return new NoServerError(`The Temporal server has too much to do: ${details}`);
    default:
      return error;
  }
}

/** A bare call of the service lacks the names that the client's own calls give to some errors. */
function toNamedError(error: unknown): unknown {
  if (!isGrpcServiceError(error)) return error;
  try {
    rethrowKnownErrorTypes(error);
  } catch (known) {
    return known;
  }
  return error;
}

/** Whether the server has waited for a worker in vain: too long, or because it knows that none has been there. */
export function isWorkerTimeout(error: unknown): boolean {
  const { code } = readGrpcStatus(error);
  return (
    code === GRPC_STATUS.cancelled ||
    code === GRPC_STATUS.deadlineExceeded ||
    code === GRPC_STATUS.failedPrecondition
  );
}

/** Whether the namespace does not know the search attributes yet: the first worker registers them. */
export function isMissingSearchAttribute(error: unknown): boolean {
  const { code, details } = readGrpcStatus(error);
  return code === GRPC_STATUS.invalidArgument && details.includes('search attribute');
}

/** Whether the server knows nothing of what it was asked for, or has forgotten it after its retention time. */
export function isNotFound(error: unknown): boolean {
  return readGrpcStatus(error).code === GRPC_STATUS.notFound;
}

/** Whether this client may not make the call, or the server (or a proxy before it) does not offer it. */
export function isDenied(error: unknown): boolean {
  return isUnimplemented(error) || readGrpcStatus(error).code === GRPC_STATUS.permissionDenied;
}

/** Whether the server, or a proxy before it, does not offer the call. */
export function isUnimplemented(error: unknown): boolean {
  return readGrpcStatus(error).code === GRPC_STATUS.unimplemented;
}

/** Whether the server finds fault with what the call says, such as a query that names an unknown search attribute. */
export function isInvalidArgument(error: unknown): boolean {
  return readGrpcStatus(error).code === GRPC_STATUS.invalidArgument;
}

function readGrpcStatus(error: unknown): { code: number; details: string } {
  if (isGrpcServiceError(error)) return error;
  return error instanceof Error && error.cause !== undefined
    ? readGrpcStatus(error.cause)
    : { code: GRPC_STATUS.ok, details: '' };
}

/** The Temporal server did not answer in time; sessions are not affected. */
export class NoServerError extends Error {
  override readonly name = 'NoServerError';
}

/** The Temporal server lacks the namespace, or does not let this client in. */
export class NoAccessError extends Error {
  override readonly name = 'NoAccessError';
}
