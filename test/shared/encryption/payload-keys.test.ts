import { inspect } from 'node:util';
import { readClientConfig } from '../../../src/shared/config/index.js';
import { parsePayloadKeys } from '../../../src/shared/encryption/index.js';
import { ConfigError } from '../../../src/shared/errors.js';
import { generatePayloadKey } from '../../support/encrypted-client.js';

const [KEY, OTHER] = [generatePayloadKey(), generatePayloadKey()];

describe('SIGNING_PAYLOAD_KEYS', () => {
  it('holds keys by id, in the order of the text', () => {
    const keys = parsePayloadKeys(` 2024-05:${KEY} , old:${OTHER}`);
    expect(keys.map(({ id }) => id)).toEqual(['2024-05', 'old']);
    expect(keys.map(({ key }) => key.export().toString('base64'))).toEqual([KEY, OTHER]);
  });

  it('may be unset or empty: then nothing is encrypted', () => {
    expect(readClientConfig({}).payloadKeys).toEqual([]);
    expect(readClientConfig({ SIGNING_PAYLOAD_KEYS: '' }).payloadKeys).toEqual([]);
  });

  it('shows no key when the configuration is logged', () => {
    const config = readClientConfig({ SIGNING_PAYLOAD_KEYS: `k1:${KEY}` });
    const hex = Buffer.from(KEY, 'base64').toString('hex');
    const logged = JSON.stringify(config) + inspect(config, { depth: 9, showHidden: true });
    expect(logged).toContain('k1');
    expect(logged).not.toContain(KEY);
    expect(logged).not.toContain(hex);
  });

  const form = 'must be written id:key, with an id of 1 to 32 letters, digits, dots, dashes or underscores';
  const size = 'must be 32 bytes in base64, as made by: openssl rand -base64 32';
  it.each([
    ['a key without an id', KEY, `key 1 ${form}`],
    ['key and id in the wrong order', `${KEY}:k1`, `key 1 ${form}`],
    ['an id with a space', `k 1:${KEY}`, `key 1 ${form}`],
    ['no id', `:${KEY}`, `key 1 ${form}`],
    ['a second colon', `k1:${KEY}:${OTHER}`, `key 1 ${form}`],
    ['nothing after a comma', `k1:${KEY},`, `key 2 ${form}`],
    ['a key of 16 bytes', `k1:${KEY},k2:${KEY.slice(0, 22)}==`, `key 2 (k2) ${size}`],
    ['a key of 33 bytes', `k1:${Buffer.alloc(33, 7).toString('base64')}`, `key 1 (k1) ${size}`],
    ['a key without its padding', `k1:${KEY.slice(0, -1)}`, `key 1 (k1) ${size}`],
    ['a key in hexadecimal', `k1:${Buffer.from(KEY, 'base64').toString('hex')}`, `key 1 (k1) ${size}`],
    ['a space inside a key', `k1:${KEY.slice(0, 9)} ${KEY.slice(9)}`, `key 1 (k1) ${size}`],
    ['no key', 'k1:', `key 1 (k1) ${size}`],
    ['an id twice', `k1:${KEY},k1:${OTHER}`, 'key 2 (k1) has the id of one before it'],
    [
      'a key twice',
      `k1:${KEY},k2:${KEY}`,
      'key 2 (k2) is the same as one before it, so nothing would be rotated',
    ],
  ])('stops the start in one sentence that repeats no key, for %s', (_, text, problem) => {
    const read = (): unknown => readClientConfig({ SIGNING_PAYLOAD_KEYS: text });
    expect(read).toThrow(new ConfigError(`SIGNING_PAYLOAD_KEYS is wrong: ${problem}.`));
  });
});
