import fc from 'fast-check';
import {
  CodecRequestError,
  type JsonPayload,
  handleCodecRequest,
} from '../../src/gateway/codec/codec-request.js';
import {
  UnreadablePayloadError,
  createPayloadCodec,
  parsePayloadKeys,
} from '../../src/shared/encryption/index.js';
import { generatePayloadKey } from '../support/encrypted-client.js';
import { arbitraryJson, arbitraryOddText, objectOf, withOddities } from './odd-json.js';
import { runOptions } from './property-runs.js';

const codec = createPayloadCodec(parsePayloadKeys(`k1:${generatePayloadKey()}`));
const base64 = (bytes: Uint8Array | string): string => Buffer.from(bytes).toString('base64');

/** Text without half a character, which no payload can contain. */
const isWhole = (text: string): boolean => Buffer.from(text, 'utf8').toString('utf8') === text;

const payload: fc.Arbitrary<JsonPayload> = fc.record({
  metadata: fc
    .uniqueArray(fc.tuple(arbitraryOddText.filter(isWhole), fc.uint8Array({ maxLength: 40 }).map(base64)), { maxLength: 5, selector: ([key]) => key })
    .map((entries) => objectOf(entries) as Record<string, string>),
  data: fc.uint8Array({ maxLength: 300 }).map(base64),
}); // prettier-ignore

/** A payload marked as encrypted, with an arbitrary key, nonce, ciphertext and tag. */
const forged: fc.Arbitrary<JsonPayload> = fc
  .tuple(
    fc.oneof(fc.constantFrom('k1', 'k2', '', '__proto__'), arbitraryOddText),
    fc.uint8Array({ maxLength: 60 }),
  )
  .map(([key, data]) => ({
    metadata: { encoding: base64('binary/encrypted'), 'encryption-key-id': base64(key) },
    data: base64(data),
  }));

const refusals = [CodecRequestError, UnreadablePayloadError];

async function answerOrRefusal(action: 'encode' | 'decode', body: unknown): Promise<unknown> {
  return handleCodecRequest(codec, action, body).catch((error: unknown) => {
    if (!refusals.some((kind) => error instanceof kind)) throw error;
    // The message is one sentence and does not repeat the request.
    expect((error as Error).message).toMatch(/^.{10,200}\.$/);
    return error;
  });
}

describe('A request to the codec endpoint', () => {
  it('that is odd in any way gets an answer, or a refusal in one sentence', async () => {
    const sound = { payloads: [{ metadata: { encoding: base64('json/plain') }, data: base64('1') }, {}] };
    const body = fc.oneof(
      arbitraryJson,
      withOddities(sound),
      fc.record({ payloads: fc.array(fc.oneof(payload, forged, arbitraryJson), { maxLength: 8 }) }),
    );
    await fc.assert(
      fc.asyncProperty(body, fc.constantFrom('encode', 'decode'), async (sent, action) => {
        expect(await answerOrRefusal(action, sent)).toBeDefined();
      }),
      runOptions(800),
    );
  });

  it('decodes what it has encoded, and nothing else after a changed bit', async () => {
    await fc.assert(
      fc.asyncProperty(payload, fc.nat(), fc.nat(7), async (given, position, bit) => {
        const encoded = await handleCodecRequest(codec, 'encode', { payloads: [given] });
        expect(await handleCodecRequest(codec, 'decode', encoded)).toEqual({ payloads: [given] });
        const [encrypted] = encoded.payloads;
        const bytes = Buffer.from(encrypted?.data ?? '', 'base64');
        const at = position % bytes.length;
        bytes[at] = (bytes[at] ?? 0) ^ (1 << bit);
        const changed = { payloads: [{ ...encrypted, data: base64(bytes) }] };
        expect(await answerOrRefusal('decode', changed)).toBeInstanceOf(UnreadablePayloadError);
      }),
      runOptions(300),
    );
  });

  it('with a forged payload is refused', async () => {
    await fc.assert(
      fc.asyncProperty(forged, async (one) => {
        expect(await answerOrRefusal('decode', { payloads: [one] })).toBeInstanceOf(UnreadablePayloadError);
      }),
      runOptions(300),
    );
  });
});
