import { type KeyObject, createSecretKey } from 'node:crypto';

/** A key of `SIGNING_PAYLOAD_KEYS`. A key object does not reveal its bytes in logs or JSON. */
export interface PayloadKey {
  /** Readable beside every payload that is encrypted with the key. */
  readonly id: string;
  readonly key: KeyObject;
}

/** The text is not a list of keys; the message names the entry, and of its content at most a valid id. */
export class PayloadKeysError extends Error {
  override readonly name = 'PayloadKeysError';
}

// Shorter than a key in base64, so that a key in the place of an id is rejected and not shown.
const KEY_ID_PATTERN = /^[\w.-]{1,32}$/;
const KEY_BYTES = 32;

export const isValidKeyId = (text: string): boolean => KEY_ID_PATTERN.test(text);

/**
 * Reads `id:key,id:key`, each key 32 random bytes in base64 as of `openssl rand -base64 32`. The first key encrypts, all
 * decrypt.
 *
 * Rotation without downtime, because every process can decrypt before any encrypts:
 * 1. add the new key as the second to every worker, gateway and client: `old:…,new:…`;
 * 2. when all run with it, put it first: `new:…,old:…`, in any order of restarts;
 * 3. when Temporal has no signing with the old key any more (deadline and retention have passed), remove it.
 *
 * From plain text to encryption it is the same with no old key. Meanwhile a process without keys cannot read encrypted
 * payloads, and says so. Because nonces are random, a key may encrypt 2^32 payloads, many millions of signings.
 * @throws PayloadKeysError
 */
export function parsePayloadKeys(text: string): PayloadKey[] {
  if (text.trim() === '') return [];
  const keys = text.split(',').map((entry, index) => parseKey(entry.trim(), index));
  keys.forEach(({ id, key }, index) => {
    const previous = keys.slice(0, index);
    const label = `key ${index + 1} (${id})`;
    if (previous.some((other) => other.id === id))
      throw new PayloadKeysError(`${label} has the id of one before it`);
    if (previous.some((other) => other.key.equals(key)))
      throw new PayloadKeysError(`${label} is the same as one before it, so nothing would be rotated`);
  });
  return keys;
}

function parseKey(entry: string, index: number): PayloadKey {
  const [id = '', base64, ...rest] = entry.split(':');
  if (base64 === undefined || rest.length > 0 || !isValidKeyId(id)) {
    throw new PayloadKeysError(
      `key ${index + 1} must be written id:key, with an id of 1 to 32 letters, digits, dots, dashes or underscores`,
    );
  }
  const bytes = Buffer.from(base64, 'base64');
  if (bytes.length !== KEY_BYTES || bytes.toString('base64') !== base64) {
    throw new PayloadKeysError(
      `key ${index + 1} (${id}) must be ${KEY_BYTES} bytes in base64, as made by: openssl rand -base64 ${KEY_BYTES}`,
    );
  }
  return { id, key: createSecretKey(bytes) };
}
