import type { Payload, PayloadCodec } from '@temporalio/common';
import fc from 'fast-check';
import {
  UnreadablePayloadError,
  createPayloadCodec,
  parsePayloadKeys,
} from '../../../src/shared/encryption/index.js';
import { captureRejection } from '../../support/async-helpers.js';
import { generatePayloadKey } from '../../support/encrypted-client.js';

const [OLD, NEW] = [generatePayloadKey(), generatePayloadKey()];
const codecOf = (text: string): PayloadCodec => createPayloadCodec(parsePayloadKeys(text));
const codec = codecOf(`old:${OLD}`);

const payloadOf = (value: unknown): Payload => ({
  metadata: { encoding: Buffer.from('json/plain') },
  data: Buffer.from(JSON.stringify(value)),
});
const encrypted = async (payload: Payload, by = codec): Promise<Payload> => {
  const [result] = await by.encode([payload]);
  if (result === undefined) throw new Error('nothing was encoded');
  return result;
};
const keyIdOf = ({ metadata }: Payload): string =>
  Buffer.from(metadata?.['encryption-key-id'] ?? []).toString();

/** The bytes alone, so that a message of the SDK and a literal compare. */
const plain = ({ metadata, data }: Payload) => ({
  metadata: Object.fromEntries(
    Object.entries(metadata ?? {}).map(([name, bytes]) => [name, Buffer.from(bytes).toString('hex')]),
  ),
  data: Buffer.from(data ?? []).toString('hex'),
});

const bytes = fc.uint8Array({ maxLength: 300 });
const payloads = fc.array(
  fc.record({ metadata: fc.dictionary(fc.string({ maxLength: 20 }), bytes, { maxKeys: 5 }), data: bytes }),
  { maxLength: 4 },
);

describe('a payload codec with keys', () => {
  it('gives back every list of payloads as it was, metadata included', () =>
    fc.assert(
      fc.asyncProperty(payloads, async (before) => {
        const after = await codec.decode(await codec.encode(before));
        expect(after.map(plain)).toEqual(before.map(plain));
      }),
    ));

  it.each<[string, Payload]>([
    ['empty data', { metadata: { encoding: Buffer.from('binary/null') }, data: new Uint8Array() }],
    ['no data and no metadata', {}],
    ['null in both', { metadata: null, data: null }],
  ])('gives back a payload with %s', async (_, payload) => {
    const [after] = await codec.decode([await encrypted(payload)]);
    expect(after === undefined ? undefined : plain(after)).toEqual(plain(payload));
  });

  it('leaves nothing readable but the marker and the id of the key', async () => {
    const { metadata, data } = await encrypted(payloadOf({ email: 'john.doe@example.invalid' }));
    expect(Object.keys(metadata ?? {})).toEqual(['encoding', 'encryption-key-id']);
    expect(Buffer.from(metadata?.['encoding'] ?? []).toString()).toBe('binary/encrypted');
    expect(Buffer.from(data ?? []).toString('latin1')).not.toMatch(/john|json/);
  });

  it('never uses a nonce twice, so that equal payloads look different', async () => {
    const results = await codec.encode(Array.from({ length: 2000 }, () => payloadOf('same')));
    const nonces = results.map(({ data }) =>
      Buffer.from(data ?? [])
        .subarray(0, 12)
        .toString('hex'),
    );
    expect(new Set(nonces).size).toBe(results.length);
  });

  it('refuses data of which any byte was changed, and says with which key', async () => {
    const { metadata, data } = await encrypted(payloadOf({ firstname: 'John' }));
    const whole = Buffer.from(data ?? []);
    for (let index = 0; index < whole.length; index += 1) {
      const changed = Buffer.from(whole);
      changed[index] = (changed[index] ?? 0) ^ 1;
      const error = await captureRejection(codec.decode([{ metadata: metadata ?? {}, data: changed }]));
      expect(error).toBeInstanceOf(UnreadablePayloadError);
      expect(error).toHaveProperty('message', expect.stringContaining('the key old is damaged'));
    }
  });

  it('refuses data that was cut off anywhere or lengthened', async () => {
    const { metadata, data } = await encrypted(payloadOf({ firstname: 'John' }));
    const whole = Buffer.from(data ?? []);
    const wrong = [...whole.keys()].map((length) => whole.subarray(0, length));
    for (const cut of [...wrong, Buffer.concat([whole, Buffer.from([0])])]) {
      const error = await captureRejection(codec.decode([{ metadata: metadata ?? {}, data: cut }]));
      expect(error).toBeInstanceOf(UnreadablePayloadError);
    }
    const error = await captureRejection(codec.decode([{ metadata: metadata ?? {} }]));
    expect(error).toBeInstanceOf(UnreadablePayloadError);
  });

  it('refuses a payload with the id of another key, even if both ids have the same key', async () => {
    const { data } = await encrypted(payloadOf('x'));
    const metadata = { encoding: Buffer.from('binary/encrypted'), 'encryption-key-id': Buffer.from('other') };
    const error = await captureRejection(codecOf(`other:${OLD}`).decode([{ metadata, data: data ?? null }]));
    expect(error).toHaveProperty('message', expect.stringContaining('the key other is damaged'));
  });

  it('passes payloads without the marker through as they are, beside encrypted ones', async () => {
    const unmarked = [payloadOf('from before the first key'), {}, { data: Buffer.from('raw') }];
    const [first, ...rest] = await codec.decode([await encrypted(payloadOf('secret')), ...unmarked]);
    expect(first === undefined ? undefined : plain(first)).toEqual(plain(payloadOf('secret')));
    rest.forEach((payload, index) => {
      expect(payload).toBe(unmarked[index]);
    });
  });
});

describe('rotation', () => {
  it.each([
    ['the old key alone', `old:${OLD}`, 'old'],
    ['the new key as second', `old:${OLD},new:${NEW}`, 'old'],
    ['the new key as first', `new:${NEW},old:${OLD}`, 'new'],
  ])('encrypts with the first key when it holds %s', async (_, text, id) => {
    expect(keyIdOf(await encrypted(payloadOf('x'), codecOf(text)))).toBe(id);
  });

  it('lets neighbouring steps of a rotation read each other', async () => {
    const steps = [`old:${OLD}`, `old:${OLD},new:${NEW}`, `new:${NEW},old:${OLD}`].map(codecOf);
    for (const [index, writer] of steps.entries()) {
      for (const reader of steps.slice(Math.max(0, index - 1), index + 2)) {
        const [read] = await reader.decode(await writer.encode([payloadOf('x')]));
        expect(read === undefined ? undefined : plain(read)).toEqual(plain(payloadOf('x')));
      }
    }
  });

  it('says which key is missing, in one sentence', async () => {
    const payload = await encrypted(payloadOf('x'), codecOf(`new:${NEW}`));
    expect(await captureRejection(codec.decode([payload]))).toHaveProperty(
      'message',
      'A payload is encrypted with the key new, which SIGNING_PAYLOAD_KEYS does not hold here.',
    );
  });

  it('says so when another key goes by the same id', async () => {
    const payload = await encrypted(payloadOf('x'), codecOf(`old:${NEW}`));
    expect(await captureRejection(codec.decode([payload]))).toHaveProperty(
      'message',
      'A payload encrypted with the key old is damaged, or SIGNING_PAYLOAD_KEYS holds another key of that id here.',
    );
  });

  it.each([
    ['is missing', {}],
    ['is not one that a key can have', { 'encryption-key-id': Buffer.from('a\nb') }],
    ['is not even text', { 'encryption-key-id': Buffer.from([255, 254]) }],
  ])('does not repeat a key id that %s', async (_, metadata) => {
    const marked = { metadata: { encoding: Buffer.from('binary/encrypted'), ...metadata } };
    expect(await captureRejection(codec.decode([marked]))).toHaveProperty(
      'message',
      'A payload is marked as encrypted but names no key.',
    );
  });
});

describe('a payload codec without keys', () => {
  it('changes nothing when it encodes', async () => {
    const payload = payloadOf('plain');
    expect(await createPayloadCodec([]).encode([payload])).toEqual([payload]);
  });

  it('says which key is missing instead of returning encrypted data', async () => {
    const error = await captureRejection(createPayloadCodec([]).decode([await encrypted(payloadOf('x'))]));
    expect(error).toBeInstanceOf(UnreadablePayloadError);
    expect(error).toHaveProperty('message', expect.stringContaining('the key old'));
  });
});
