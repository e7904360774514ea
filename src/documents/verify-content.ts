import { createHash } from 'node:crypto';
import { createMacCheck, type ContentCheck } from '../pdf/content-mac.js';
import { DocumentChangedError } from './errors.js';

/** The bytes that a document had when it was checked. */
export interface ExpectedContent {
  readonly bytes: number;
  readonly sha256: string;
  /** As `contentMacOf` made it of those bytes; without it the SHA-256 is computed anew. */
  readonly mac?: string | undefined;
}

/**
 * Passes the bytes on and vouches for them: exactly those that were checked. The last chunk is held back until all
 * have been seen, so that whoever receives the stream never gets a whole document that is another one.
 * A chunk of `content` is used until the third one after it is asked for, except the last.
 * @throws DocumentChangedError
 */
export async function* verifyContent(
  content: AsyncIterable<Uint8Array>,
  expected: ExpectedContent,
): AsyncIterable<Uint8Array> {
  const check =
    expected.mac === undefined ? createSha256Check(expected.sha256) : createMacCheck(expected.mac);
  let bytes = 0;
  let heldBack: Uint8Array | undefined;
  for await (const chunk of content) {
    // An empty chunk must not be what is held back: all the others would be out.
    if (chunk.length === 0) continue;
    check.update(chunk);
    bytes += chunk.length;
    if (bytes > expected.bytes) throw createChangedError('it is longer');
    if (heldBack !== undefined) yield heldBack;
    heldBack = chunk;
  }
  if (bytes < expected.bytes) throw createChangedError('it is shorter');
  if (!check.matches()) throw createChangedError('its bytes are others');
  // A copy, since nobody asks for a second chunk after it: with the end the memory that `content` lent is free.
  if (heldBack !== undefined) yield Uint8Array.from(heldBack);
}

function createSha256Check(expected: string): ContentCheck {
  const hash = createHash('sha256');
  return {
    update: (chunk) => {
      hash.update(chunk);
    },
    matches: () => hash.digest('hex') === expected,
  };
}

function createChangedError(reason: string): DocumentChangedError {
  return new DocumentChangedError(`has changed since it was checked: ${reason}`);
}
