export {
  InvalidRequestError,
  NoWorkerError,
  NotPossibleError,
  RequestConflictError,
  RequestRejectedError,
  SigningBrokenError,
  SigningNotFoundError,
  SigningTerminatedError,
  TooManyStartsError,
} from './errors.js';
export { NoAccessError, NoServerError } from '../shared/temporal-errors.js';
export type { SigningFilter, SigningPage, SigningPageFilter, SigningSummary } from './list.js';
export { type SigningClient, createSigningClient } from './signing-client.js';
export type { SigningClientOptions, StartedSigning } from './start.js';
export type * from '../audit/signing-audit.js';
export { type Observation, watchSigning } from './watch-signing.js';
export { UnreadablePayloadError, createDataConverter, parsePayloadKeys } from '../shared/encryption/index.js';
export type { StatusWithCallback } from './callback-status.js';
export type { CallbackEvent, CallbackType } from '../domain/callbacks.js';
export type { CallbackStatus } from '../domain/callbacks.js';
export type { SigningStatus } from '../domain/status.js';
export type { Problem } from '../domain/field-schema.js';
export type { SigningRequest } from '../domain/request.js';
export type { RecordedOutcome, Resolution } from '../domain/resolution.js';
