import type { DataConverter, LoadedDataConverter, Payload, PayloadCodec } from '@temporalio/common';
import { temporal } from '@temporalio/proto';
import { type KeyObject, createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { type PayloadKey, isValidKeyId } from './payload-keys.js';

/** Decodes payloads as the client does. @throws UnreadablePayloadError if a key is missing */
export async function decodePayloads(
  { payloadCodecs, payloadConverter }: LoadedDataConverter,
  payloads: readonly Payload[] | null | undefined,
): Promise<unknown[]> {
  let decoded = [...(payloads ?? [])];
  for (const codec of [...payloadCodecs].reverse()) decoded = await codec.decode(decoded);
  return decoded.map((payload) => payloadConverter.fromPayload(payload));
}

/** The module of the failure converter, for the bundler too. */
export const FAILURE_CONVERTER_PATH = join(__dirname, 'failure-converter.js');

/**
 * For the SDK's worker and clients. Without keys it encrypts nothing, and decoding an encrypted payload throws
 * `UnreadablePayloadError`.
 */
export function createDataConverter(keys: readonly PayloadKey[]): DataConverter {
  return {
    payloadCodecs: [createPayloadCodec(keys)],
    ...(keys.length === 0 ? {} : { failureConverterPath: FAILURE_CONVERTER_PATH }),
  };
}

/** A payload cannot be decrypted here; the message is one sentence that names the key's id. */
export class UnreadablePayloadError extends Error {
  override readonly name = 'UnreadablePayloadError';
}

const { Payload: PayloadMessage } = temporal.api.common.v1;

/** The marker of an encrypted payload, as in Temporal's samples. */
const ENCRYPTED_ENCODING = 'binary/encrypted';
const ALGORITHM = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Encrypts every payload with the first key and decrypts with any (AES-256-GCM, a random nonce for each). It encrypts the
 * whole payload with its metadata. `encoding: binary/encrypted` and `encryption-key-id` stay readable and are
 * authenticated. The data is nonce, ciphertext, tag.
 *
 * `decode` returns payloads without the marker unchanged: signings from before the first key, search attributes, callers
 * that do not encrypt. So the codec protects secrets from readers of the server, not from writers. A payload is not bound
 * to its workflow either: a codec endpoint does not learn the workflow's id.
 *
 * Without keys `encode` changes nothing, and `decode` names the missing key.
 * @throws UnreadablePayloadError from `decode`
 */
export function createPayloadCodec(keys: readonly PayloadKey[]): PayloadCodec {
  const [first] = keys;
  const known = new Map(keys.map(({ id, key }) => [id, key]));
  return {
    encode: (payloads) =>
      Promise.resolve(first === undefined ? payloads : payloads.map((payload) => encrypt(payload, first))),
    decode: (payloads) =>
      Promise.resolve(payloads).then((list) =>
        list.map((payload) => (isEncrypted(payload) ? decrypt(payload, known) : payload)),
      ),
  };
}

const decodeUtf8 = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString('utf8');

function isEncrypted({ metadata }: Payload): boolean {
  return decodeUtf8(metadata?.['encoding']) === ENCRYPTED_ENCODING;
}

function encrypt(payload: Payload, { id, key }: PayloadKey): Payload {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(ALGORITHM, key, nonce).setAAD(additionalData(id));
  const ciphertext = [cipher.update(PayloadMessage.encode(payload).finish()), cipher.final()];
  return {
    metadata: { encoding: Buffer.from(ENCRYPTED_ENCODING), 'encryption-key-id': Buffer.from(id) },
    data: Buffer.concat([nonce, ...ciphertext, cipher.getAuthTag()]),
  };
}

function decrypt({ metadata, data }: Payload, keys: ReadonlyMap<string, KeyObject>): Payload {
  const id = decodeUtf8(metadata?.['encryption-key-id']);
  if (!isValidKeyId(id))
    throw new UnreadablePayloadError('A payload is marked as encrypted but names no key.');
  const key = keys.get(id);
  if (key === undefined) {
    throw new UnreadablePayloadError(
      `A payload is encrypted with the key ${id}, which SIGNING_PAYLOAD_KEYS does not hold here.`,
    );
  }
  try {
    return decryptBytes(Buffer.from(data ?? []), id, key);
  } catch {
    throw new UnreadablePayloadError(
      `A payload encrypted with the key ${id} is damaged, or SIGNING_PAYLOAD_KEYS holds another key of that id here.`,
    );
  }
}

function decryptBytes(encrypted: Buffer, id: string, key: KeyObject): Payload {
  const decipher = createDecipheriv(ALGORITHM, key, encrypted.subarray(0, NONCE_BYTES), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(additionalData(id)).setAuthTag(encrypted.subarray(-TAG_BYTES));
  const plain = [decipher.update(encrypted.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()];
  return PayloadMessage.decode(Buffer.concat(plain));
}

/** Binds a ciphertext to its marker and key id, so that the key serves no other purpose. */
const additionalData = (id: string): Buffer => Buffer.from(`${ENCRYPTED_ENCODING};${id}`);
