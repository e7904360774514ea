import { open, realpath, stat, type FileHandle } from 'node:fs/promises';
import { resolve, sep } from 'node:path';
import { getErrorCode } from '../shared/errors.js';
import { DocumentUnavailableError } from './errors.js';

/** Bytes read at once: large enough that the read calls cost little, small enough to stay in a processor's cache. */
export const CHUNK_BYTES = 512 * 1024;

/**
 * The real path of a `file:` source below the root. Links are followed and then judged by where they lead, so neither
 * a link nor `..` leaves the root.
 * @throws DocumentUnavailableError
 */
export async function resolveFile(source: string, root: string): Promise<string> {
  const realRoot = await realpath(root).catch(() => {
    throw new DocumentUnavailableError('cannot be read: the document root is not there', true);
  });
  const path = await realpath(resolve(realRoot, source.slice('file:'.length))).catch(throwUnavailable);
  if (!path.startsWith(realRoot.endsWith(sep) ? realRoot : realRoot + sep)) {
    throw new DocumentUnavailableError('lies outside the document root', false);
  }
  const stats = await stat(path).catch(throwUnavailable);
  if (!stats.isFile()) throw new DocumentUnavailableError('is not a file', false);
  // Asked here, where it is known what to say; whoever reads the file later would only report a system error.
  const file = await open(path).catch(throwUnavailable);
  await file.close();
  return path;
}

/** The memory of one reading: for the chunk that is read ahead and the last three that were given. */
export type ReadBuffers = readonly [Buffer, Buffer, Buffer, Buffer];

export function createReadBuffers(): ReadBuffers {
  const allocate = (): Buffer => Buffer.allocUnsafeSlow(CHUNK_BYTES);
  return [allocate(), allocate(), allocate(), allocate()];
}

/**
 * The bytes of a file, read ahead by one chunk. A chunk is valid until the third one after it is asked for: then its
 * memory is used again.
 * @throws DocumentUnavailableError
 */
export async function* readFileInChunks(
  path: string,
  buffers: ReadBuffers,
  signal?: AbortSignal,
): AsyncIterable<Uint8Array> {
  const file = await open(path).catch(throwUnavailable);
  const [first, second, third, fourth] = buffers;
  let nextChunk = readChunk(file, first);
  try {
    for (;;) {
      for (const buffer of [second, third, fourth, first]) {
        const chunk = await nextChunk;
        signal?.throwIfAborted();
        if (chunk.length === 0) return;
        nextChunk = readChunk(file, buffer);
        yield chunk;
      }
    }
  } finally {
    // The file must not be closed while the system still reads from it.
    await nextChunk.catch(() => undefined);
    await file.close();
  }
}

function readChunk(file: FileHandle, buffer: Buffer): Promise<Uint8Array> {
  const chunk = file
    .read(buffer, 0, buffer.length)
    .then(({ bytesRead }) => buffer.subarray(0, bytesRead), throwUnavailable);
  // Where it fails before it is asked for, the one who asks is told; that nobody knows yet is no reason to end the process.
  chunk.catch(() => undefined);
  return chunk;
}

function throwUnavailable(error: unknown): never {
  const code = getErrorCode(error, 'unknown error');
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    throw new DocumentUnavailableError('was not found below the document root', false);
  }
  if (code === 'EACCES' || code === 'EPERM')
    throw new DocumentUnavailableError('may not be read by the worker', false);
  throw new DocumentUnavailableError(`could not be read (${code})`, true);
}
