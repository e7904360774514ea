import { createSecretKey, type KeyObject } from 'node:crypto';

/** A key of `SIGNING_PAYLOAD_KEYS`. As a key object it shows nothing of itself in a log or in JSON. */
export interface PayloadKey {
  /** Stands in clear beside every payload that is encrypted with it. */
  readonly id: string;
  readonly key: KeyObject;
}

/** The text is not a list of keys; the message names the entry and never repeats any of it but a sound id. */
export class PayloadKeysError extends Error {
  override readonly name = 'PayloadKeysError';
}

// Shorter than a key in base64, so that a key that stands where the id belongs is not taken for one and shown.
const KEY_ID_PATTERN = /^[\w.-]{1,32}$/;
const KEY_BYTES = 32;

export const isValidKeyId = (text: string): boolean => KEY_ID_PATTERN.test(text);

/**
 * Reads `id:key,id:key`, each key 32 random bytes in base64 as `openssl rand -base64 32` makes them. The first key
 * encrypts, all decrypt.
 *
 * Rotation without downtime, because every process can decrypt before any encrypts:
 * 1. add the new key as the second to every worker, gateway and client: `old:…,new:…`;
 * 2. when all run with it, put it first: `new:…,old:…`, in any order of restarts;
 * 3. when no session that was encrypted with the old key is left in Temporal (deadline and retention have passed),
 *    remove it.
 *
 * Going from plain text to encryption is the same with no old key; there a process without keys cannot read what the
 * others write, and says so. A key may encrypt 2^32 payloads, many millions of sessions, for its nonces are random.
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
