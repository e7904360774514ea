export { combineObservers, type CallStart, type CallOutcome, type CallObserver } from './call-observer.js';
export {
  createFlexpertoClient,
  type CallContext,
  type FlexpertoClient,
  type FlexpertoOptions,
  type NewContractSession,
} from './client.js';
export * from './errors.js';
export type { UploadContent } from './multipart.js';
export type { UploadUrl } from './upload-url.js';
