export {
  InvalidRequestError,
  NoAccessError,
  NoServerError,
  NoWorkerError,
  NotPossibleError,
  RequestConflictError,
  RequestRejectedError,
  SigningBrokenError,
  SigningNotFoundError,
  SigningTerminatedError,
  TooManyStartsError,
} from './errors.js';
export {
  createSigningClient,
  type SigningClient,
  type SigningClientOptions,
  type SigningFilter,
  type SigningPage,
  type SigningPageFilter,
  type SigningSummary,
  type StartedSigning,
} from './client.js';
export type * from './audit/index.js';
export { follow, type Sight } from './follow.js';
export { createDataConverter, parsePayloadKeys, UnreadablePayloadError } from '../encryption/index.js';
export type { StatusWithCallback } from './callback.js';
export type { CallbackEvent, CallbackType } from '../domain/callback-event.js';
export type { CallbackStatus } from '../domain/callback-queue.js';
export type { SigningStatus } from '../domain/status.js';
export type { SigningRequest, Problem } from '../domain/request.js';
export type { RecordedOutcome, Resolution } from '../domain/resolution.js';
