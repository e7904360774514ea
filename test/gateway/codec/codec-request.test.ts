import fc from 'fast-check';
import { CodecRequestError, handleCodecRequest } from '../../../src/gateway/codec/codec-request.js';
import {
  UnreadablePayloadError,
  createPayloadCodec,
  parsePayloadKeys,
} from '../../../src/shared/encryption/index.js';
import { captureRejection } from '../../support/async-helpers.js';
import { generatePayloadKey } from '../../support/encrypted-client.js';

const codec = createPayloadCodec(parsePayloadKeys(`k1:${generatePayloadKey()}`));
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const BODY = {
  payloads: [
    { metadata: { encoding: base64('json/plain') }, data: base64('{"firstname":"Jörg"}') },
    { metadata: { encoding: base64('binary/null') }, data: '' },
  ],
};

describe('a request to the codec endpoint', () => {
  it('encodes and decodes its payloads with the codec', async () => {
    const encoded = await handleCodecRequest(codec, 'encode', BODY);
    expect(encoded.payloads.map(({ metadata }) => metadata)).toEqual(
      BODY.payloads.map(() => ({ encoding: base64('binary/encrypted'), 'encryption-key-id': base64('k1') })),
    );
    expect(await handleCodecRequest(codec, 'decode', encoded)).toEqual(BODY);
  });

  it('returns payloads that are not encrypted unchanged, since the Temporal UI sends all payloads', async () => {
    expect(await handleCodecRequest(codec, 'decode', BODY)).toEqual(BODY);
  });

  it('may omit empty fields, and may use URL-safe base64', async () => {
    const body = { payloads: [{}, { metadata: null, data: null }, { data: '-_8' }] };
    expect(await handleCodecRequest(codec, 'decode', body)).toEqual({
      payloads: [
        { metadata: {}, data: '' },
        { metadata: {}, data: '' },
        { metadata: {}, data: '+/8=' },
      ],
    });
    for (const empty of [{ payloads: [] }, { payloads: null }, {}])
      expect(await handleCodecRequest(codec, 'decode', empty)).toEqual({ payloads: [] });
  });

  it('fails as a whole if one payload cannot be decrypted', async () => {
    const other = createPayloadCodec(parsePayloadKeys(`k2:${generatePayloadKey()}`));
    const { payloads } = await handleCodecRequest(other, 'encode', BODY);
    const error = await captureRejection(
      handleCodecRequest(codec, 'decode', { payloads: [...BODY.payloads, ...payloads] }),
    );
    expect(error).toBeInstanceOf(UnreadablePayloadError);
    expect(error).toHaveProperty('message', expect.stringContaining('the key k2'));
  });

  it.each([
    [undefined, 'The body must be a JSON object whose field payloads is an array.'],
    [[], 'The body must be a JSON object whose field payloads is an array.'],
    [{ payloads: {} }, 'The body must be a JSON object whose field payloads is an array.'],
    [{ payloads: [{}, 'x'] }, '/payloads/1 must be a JSON object.'],
    [{ payloads: [{ metadata: [] }] }, '/payloads/0/metadata must be a JSON object.'],
    [{ payloads: [{ metadata: { encoding: 1 } }] }, '/payloads/0/metadata must hold bytes in base64.'],
    [
      { payloads: [{ metadata: { '\ud800': '' } }] },
      '/payloads/0/metadata must have names that are valid Unicode.',
    ],
    [{ payloads: [{ data: 'json/plain!' }] }, '/payloads/0/data must hold bytes in base64.'],
  ])('is rejected with the path of the error: %j', async (body, message) => {
    const error = await captureRejection(handleCodecRequest(codec, 'decode', body));
    expect(error).toBeInstanceOf(CodecRequestError);
    expect(error).toHaveProperty('message', message);
  });

  it('has a result or one of the two errors, whatever the body is', () => {
    const payload = fc.record(
      {
        metadata: fc.oneof(fc.dictionary(fc.string(), fc.base64String()), fc.jsonValue()),
        data: fc.jsonValue(),
      },
      { requiredKeys: [] },
    );
    const body = fc.oneof(
      fc.jsonValue(),
      fc.record({ payloads: fc.array(fc.oneof(payload, fc.jsonValue())) }),
    );
    return fc.assert(
      fc.asyncProperty(body, fc.constantFrom('encode', 'decode'), async (sent, action) => {
        const outcome = await handleCodecRequest(codec, action, sent).catch((error: unknown) => error);
        const refused = outcome instanceof CodecRequestError || outcome instanceof UnreadablePayloadError;
        expect(refused || 'payloads' in (outcome as object)).toBe(true);
      }),
    );
  });
});
