export { type CallObserver, type CallOutcome, type CallStart, combineObservers } from './call-observer.js';
export {
  type CallContext,
  type FlexpertoClient,
  type FlexpertoOptions,
  type NewContractSession,
  createFlexpertoClient,
} from './client.js';
export * from './errors.js';
export type { UploadContent } from './multipart.js';
export type { UploadUrl } from './upload-url.js';
