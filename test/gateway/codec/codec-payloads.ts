import { type JsonPayload, handleCodecRequest } from '../../../src/gateway/codec/codec-request.js';
import { createPayloadCodec, parsePayloadKeys } from '../../../src/shared/encryption/index.js';

/** The tests put these values into payloads, and must find them nowhere else. */
export const SECRET = 'Maximiliane Mustermann-Oyelaran';

export const base64 = (text: string): string => Buffer.from(text, 'utf8').toString('base64');

export const PLAIN: readonly JsonPayload[] = [
  { metadata: { encoding: base64('json/plain') }, data: base64(JSON.stringify({ lastname: SECRET })) },
  { metadata: { encoding: base64('binary/null') }, data: '' },
];

/** The payloads as a worker with these keys writes them into a history. */
export async function encryptedWith(keys: string, payloads = PLAIN): Promise<JsonPayload[]> {
  const codec = createPayloadCodec(parsePayloadKeys(keys));
  return (await handleCodecRequest(codec, 'encode', { payloads })).payloads;
}
