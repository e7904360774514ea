import { createReadStream } from 'node:fs';
import { open, realpath, stat } from 'node:fs/promises';
import { resolve, sep } from 'node:path';
import { getErrorCode } from '../shared/errors.js';
import { DocumentUnavailableError } from './errors.js';

/** Bytes of one read call. Larger chunks cost fewer calls and more memory for each upload. */
const CHUNK_BYTES = 256 * 1024;

/**
 * The real path of a `file:` source below the root. It follows links before it checks the path, so neither a link nor `..`
 * leaves the root.
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
  // The inspection would report an unreadable file as a system error; this names the reason.
  const file = await open(path).catch(throwUnavailable);
  await file.close();
  return path;
}

/** The bytes of a file. @throws DocumentUnavailableError, or the signal's reason */
export async function* readFileInChunks(path: string, signal?: AbortSignal): AsyncIterable<Uint8Array> {
  try {
    yield* createReadStream(path, {
      highWaterMark: CHUNK_BYTES,
      ...(signal === undefined ? {} : { signal }),
    }) as AsyncIterable<Uint8Array>;
  } catch (error) {
    signal?.throwIfAborted();
    throwUnavailable(error);
  }
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
