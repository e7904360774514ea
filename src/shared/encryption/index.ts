export { createDataConverter, FAILURE_CONVERTER_PATH } from './payload-codec.js';
export { createPayloadCodec, UnreadablePayloadError } from './payload-codec.js';
export { parsePayloadKeys, PayloadKeysError, type PayloadKey } from './payload-keys.js';
