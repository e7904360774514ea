import { pipeline } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate, createInflateRaw } from 'node:zlib';

type ByteStream = AsyncIterable<Uint8Array>;

const DECODERS: Readonly<Record<string, (bytes: ByteStream) => ByteStream>> = {
  gzip: gunzip,
  'x-gzip': gunzip,
  deflate: inflate,
  br: (bytes) => pipeline(bytes, createBrotliDecompress(), noop),
};
/** Each costs memory, and real answers have one or two. */
const MAX_CODINGS = 3;

/**
 * The bytes of an answer without its content coding (RFC 9110, 8.4), as they arrive. An unknown coding stays as it is. The
 * reader must bound what it reads: a few bytes can become gigabytes. Reading throws zlib's error if the bytes are not in
 * the coding.
 */
export function decodeContent(bytes: ByteStream, contentEncoding: string | string[] | undefined): ByteStream {
  const codings = [contentEncoding ?? []].flat().join(',').toLowerCase().split(',');
  const encodings = codings
    .map((coding) => coding.trim())
    .filter((coding) => !['', 'identity'].includes(coding));
  const decoders = encodings.map((coding) => DECODERS[coding]).reverse();
  if (decoders.length > MAX_CODINGS || decoders.includes(undefined)) return bytes;
  return decoders.reduce((stream, decode) => decode?.(stream) ?? stream, bytes);
}

/** Decodes a text by its byte order mark, and as UTF-8 without one. */
export function decodeText(bytes: Uint8Array): string {
  const [first, second] = bytes;
  const utf16 =
    first === 0xff && second === 0xfe ? 'utf-16le' : first === 0xfe && second === 0xff ? 'utf-16be' : '';
  return new TextDecoder(utf16 === '' ? 'utf-8' : utf16).decode(bytes);
}

function gunzip(bytes: ByteStream): ByteStream {
  return pipeline(bytes, createGunzip(), noop);
}

/** `deflate` means the format of zlib; some servers send the raw data inside it. */
async function* inflate(bytes: ByteStream): ByteStream {
  const source = bytes[Symbol.asyncIterator]();
  const first = await source.next();
  if (first.done === true) return;
  const all = async function* (): ByteStream {
    yield first.value;
    yield* { [Symbol.asyncIterator]: () => source };
  };
  const [method = 0] = first.value;
  yield* pipeline(all(), (method & 0x0f) === 8 ? createInflate() : createInflateRaw(), noop);
}

/** A pipeline demands a callback; the reader of the last stream gets the error. */
function noop(): void {
  // Nothing to do.
}

const MAX_MS = 24 * 60 * 60_000;

/** All three forms of an HTTP date begin with one (RFC 9110, 5.6.7). `Date.parse` also accepts other texts, such as -5. */
const WEEKDAY = /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)/;
const TIME_ZONE = /([A-Z]{1,4}|[+-]\d{2}:?\d{2})$/;

/**
 * Milliseconds that a Retry-After header asks to wait, from seconds or an HTTP date; at most a day, never negative.
 * `undefined` if the header is absent or neither.
 */
export function parseRetryAfter(header: string | string[] | undefined, now: number): number | undefined {
  const value = (Array.isArray(header) ? header[0] : header)?.trim() ?? '';
  const ms = /^\d+$/.test(value)
    ? Number(value) * 1000
    : WEEKDAY.test(value)
      ? parseHttpDate(value) - now
      : NaN;
  return Number.isNaN(ms) ? undefined : Math.min(MAX_MS, Math.max(0, ms));
}

/** Every HTTP date is in GMT. C's `asctime` form omits the zone, and `Date.parse` would read it as local time. */
function parseHttpDate(date: string): number {
  return Date.parse(TIME_ZONE.test(date) ? date : `${date} GMT`);
}
