export { FAILURE_CONVERTER_PATH, createDataConverter } from './payload-codec.js';
export { UnreadablePayloadError, createPayloadCodec } from './payload-codec.js';
export { type PayloadKey, PayloadKeysError, parsePayloadKeys } from './payload-keys.js';
