import { createHash } from 'node:crypto';
import { DocumentChangedError } from './errors.js';

/**
 * Passes the bytes on and vouches for them: exactly so many, with this SHA-256. The last chunk is held back until all
 * have been seen, so that whoever receives the stream never gets a whole document that is not the one that was checked.
 * A chunk of `content` is used until the third one after it is asked for, except the last.
 * @throws DocumentChangedError
 */
export async function* verified(
  content: AsyncIterable<Uint8Array>,
  expected: { readonly bytes: number; readonly sha256: string },
): AsyncIterable<Uint8Array> {
  const hash = createHash('sha256');
  let bytes = 0;
  let held: Uint8Array | undefined;
  for await (const chunk of content) {
    // An empty chunk must not be what is held back: all the others would be out.
    if (chunk.length === 0) continue;
    hash.update(chunk);
    bytes += chunk.length;
    if (bytes > expected.bytes) throw changed('it is longer');
    if (held !== undefined) yield held;
    held = chunk;
  }
  if (bytes < expected.bytes) throw changed('it is shorter');
  if (hash.digest('hex') !== expected.sha256) throw changed('its SHA-256 differs');
  // A copy, since nobody asks for a second chunk after it: with the end the memory that `content` lent is free.
  if (held !== undefined) yield Uint8Array.from(held);
}

function changed(how: string): DocumentChangedError {
  return new DocumentChangedError(`has changed since it was checked: ${how}`);
}
