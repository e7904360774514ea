import { createHash } from 'node:crypto';
import { DocumentChangedError } from './errors.js';

/** The bytes that a document had when it was checked. */
export interface ExpectedContent {
  readonly bytes: number;
  readonly sha256: string;
}

/**
 * Passes on the bytes and compares their size and SHA-256 with the check. The last chunk waits for the result, so that a
 * changed document never arrives whole.
 * @throws DocumentChangedError
 */
export async function* verifyContent(
  content: AsyncIterable<Uint8Array>,
  expected: ExpectedContent,
): AsyncIterable<Uint8Array> {
  const hash = createHash('sha256');
  let bytes = 0;
  let heldBack: Uint8Array | undefined;
  for await (const chunk of content) {
    // Holding back an empty chunk would hold back nothing.
    if (chunk.length === 0) continue;
    hash.update(chunk);
    bytes += chunk.length;
    if (bytes > expected.bytes) throw createChangedError('it is longer');
    if (heldBack !== undefined) yield heldBack;
    heldBack = chunk;
  }
  if (bytes < expected.bytes) throw createChangedError('it is shorter');
  if (hash.digest('hex') !== expected.sha256) throw createChangedError('its bytes are others');
  if (heldBack !== undefined) yield heldBack;
}

function createChangedError(reason: string): DocumentChangedError {
  return new DocumentChangedError(`has changed since it was checked: ${reason}`);
}
