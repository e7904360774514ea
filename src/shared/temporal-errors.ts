import { isGrpcServiceError } from '@temporalio/client';
import { rethrowKnownErrorTypes } from '@temporalio/client/lib/helpers';
import { NamespaceNotFoundError, ValueError } from '@temporalio/common';
import { UnreadablePayloadError } from './encryption/index.js';

/** The gRPC statuses that this program distinguishes. Source: the gRPC status codes. */
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

/** Turns an error of a call to Temporal into `NoServerError` or `NoAccessError`; passes other errors on. */
export function mapCallError(original: unknown): unknown {
  const error = toNamedError(original);
  if (error instanceof NamespaceNotFoundError)
    return new NoAccessError(`The Temporal server has no namespace ${error.namespace} (TEMPORAL_NAMESPACE).`);
  // The client was created without our data converter, so that no codec names the missing key.
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

/** Errors of a bare service call lack the classes that the SDK's client gives to some of them. */
function toNamedError(error: unknown): unknown {
  if (!isGrpcServiceError(error)) return error;
  try {
    rethrowKnownErrorTypes(error);
  } catch (known) {
    return known;
  }
  return error;
}

/** Whether the server gave up waiting for a worker, or knows that none polled recently. */
export function isWorkerTimeout(error: unknown): boolean {
  const { code } = readGrpcStatus(error);
  return (
    code === GRPC_STATUS.cancelled ||
    code === GRPC_STATUS.deadlineExceeded ||
    code === GRPC_STATUS.failedPrecondition
  );
}

/** Whether the namespace lacks the search attributes, which the first worker registers. */
export function isMissingSearchAttribute(error: unknown): boolean {
  const { code, details } = readGrpcStatus(error);
  return code === GRPC_STATUS.invalidArgument && details.includes('search attribute');
}

/** Whether the server does not know the workflow, or has deleted it after its retention. */
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

/** Whether the server rejects the arguments, such as a query that names an unknown search attribute. */
export function isInvalidArgument(error: unknown): boolean {
  return readGrpcStatus(error).code === GRPC_STATUS.invalidArgument;
}

function readGrpcStatus(error: unknown): { code: number; details: string } {
  if (isGrpcServiceError(error)) return error;
  return error instanceof Error && error.cause !== undefined
    ? readGrpcStatus(error.cause)
    : { code: GRPC_STATUS.ok, details: '' };
}

/** The Temporal server did not answer in time; signings are not affected. */
export class NoServerError extends Error {
  override readonly name = 'NoServerError';
}

/** The Temporal server lacks the namespace, or does not let this client in. */
export class NoAccessError extends Error {
  override readonly name = 'NoAccessError';
}
