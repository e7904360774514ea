import fc from 'fast-check';
import {
  createPayloadCodec,
  parsePayloadKeys,
  UnreadablePayloadError,
} from '../../../src/shared/encryption/index.js';
import { handleCodecRequest, CodecRequestError } from '../../../src/gateway/codec/codec-request.js';
import { captureRejection } from '../../support/async-helpers.js';
import { generatePayloadKey } from '../../support/payload-keys.js';

const codec = createPayloadCodec(parsePayloadKeys(`k1:${generatePayloadKey()}`));
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const BODY = {
  payloads: [
    { metadata: { encoding: base64('json/plain') }, data: base64('{"firstname":"Jörg"}') },
    { metadata: { encoding: base64('binary/null') }, data: '' },
  ],
};

describe('a request to the codec endpoint', () => {
  it('is answered with what the codec makes of its payloads, both ways', async () => {
    const encoded = await handleCodecRequest(codec, 'encode', BODY);
    expect(encoded.payloads.map(({ metadata }) => metadata)).toEqual(
      BODY.payloads.map(() => ({ encoding: base64('binary/encrypted'), 'encryption-key-id': base64('k1') })),
    );
    expect(await handleCodecRequest(codec, 'decode', encoded)).toEqual(BODY);
  });

  it('gives back payloads that are not encrypted, as the Temporal UI sends them all', async () => {
    expect(await handleCodecRequest(codec, 'decode', BODY)).toEqual(BODY);
  });

  it('may leave out what is empty, and may use the base64 of URLs', async () => {
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

  it('is refused whole where one payload cannot be decrypted', async () => {
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
  ])('is refused with the place that is wrong: %j', async (body, message) => {
    const error = await captureRejection(handleCodecRequest(codec, 'decode', body));
    expect(error).toBeInstanceOf(CodecRequestError);
    expect(error).toHaveProperty('message', message);
  });

  it('is answered or refused by one of the two errors, whatever it holds', () => {
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
