export { observeBoth, type CallBegin, type CallEnd, type CallObserver } from './call-observer.js';
export {
  createFlexpertoClient,
  type CallContext,
  type FlexpertoClient,
  type FlexpertoOptions,
  type SessionToInitiate,
} from './client.js';
export * from './errors/index.js';
export type { UploadContent } from './multipart.js';
export type { UploadUrl } from './upload-url.js';
