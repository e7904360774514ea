export { answerCodecRequest, CodecRequestError, type JsonPayload } from './codec-request.js';
export { createDataConverter, FAILURE_CONVERTER_PATH } from './data-converter.js';
export { createPayloadCodec, UnreadablePayloadError } from './payload-codec.js';
export { parsePayloadKeys, PayloadKeysError, type PayloadKey } from './payload-keys.js';
