import type { Payload, PayloadCodec } from '@temporalio/common';

/** The body is not a list of payloads. The message names the place and does not quote the body. */
export class CodecRequestError extends Error {
  override readonly name = 'CodecRequestError';
  /** The place as a JSON pointer; `""` is the whole body. */
  readonly pointer: string;
  /** The requirement, as the rest of a sentence that starts with the place. */
  readonly must: string;

  constructor(pointer: string, must: string) {
    super(`${pointer === '' ? 'The body' : pointer} ${must}.`);
    this.pointer = pointer;
    this.must = must;
  }
}

/** A payload in proto3 JSON: bytes in base64. */
export interface JsonPayload {
  readonly metadata: Readonly<Record<string, string>>;
  readonly data: string;
}

/**
 * The response of a codec endpoint to the body of `POST /encode` or `POST /decode`, with which the Temporal UI and CLI send
 * and show encrypted payloads. If one payload cannot be decrypted, the whole request fails, so that its reader knows.
 * Source: https://docs.temporal.io/codec-server
 * @throws CodecRequestError, UnreadablePayloadError
 */
export async function handleCodecRequest(
  codec: PayloadCodec,
  action: 'encode' | 'decode',
  body: unknown,
): Promise<{ payloads: JsonPayload[] }> {
  // The Temporal CLI omits an empty list.
  const input = isRecord(body) ? (body['payloads'] ?? []) : undefined;
  if (!Array.isArray(input))
    throw new CodecRequestError('', 'must be a JSON object whose field payloads is an array');
  const payloads = await codec[action](input.map(parsePayload));
  return { payloads: payloads.map(formatPayload) };
}

function parsePayload(value: unknown, index: number): Payload {
  const pointer = `/payloads/${index}`;
  if (!isRecord(value)) throw new CodecRequestError(pointer, 'must be a JSON object');
  const metadata = value['metadata'] ?? {};
  if (!isRecord(metadata)) throw new CodecRequestError(`${pointer}/metadata`, 'must be a JSON object');
  // UTF-8 cannot hold a lone surrogate: a payload encrypted with one could never be decrypted.
  if (Object.keys(metadata).some((name) => Buffer.from(name, 'utf8').toString('utf8') !== name))
    throw new CodecRequestError(`${pointer}/metadata`, 'must have names that are valid Unicode');
  const entries = Object.entries(metadata).map(([name, text]) => [
    name,
    decodeBase64(text, `${pointer}/metadata`),
  ]);
  return {
    metadata: Object.fromEntries(entries) as Record<string, Uint8Array>,
    data: decodeBase64(value['data'] ?? '', `${pointer}/data`),
  };
}

function decodeBase64(text: unknown, pointer: string): Uint8Array {
  if (typeof text !== 'string' || !/^[\w+/-]*={0,2}$/.test(text))
    throw new CodecRequestError(pointer, 'must hold bytes in base64');
  return Buffer.from(text, 'base64');
}

function formatPayload({ metadata, data }: Payload): JsonPayload {
  const entries = Object.entries(metadata ?? {}).map(([name, bytes]) => [name, encodeBase64(bytes)]);
  return { metadata: Object.fromEntries(entries) as Record<string, string>, data: encodeBase64(data ?? []) };
}

const encodeBase64 = (bytes: Uint8Array | readonly number[]): string => Buffer.from(bytes).toString('base64');

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
