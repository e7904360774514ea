import type { MultipartFile } from '@fastify/multipart';
import type { FastifyRequest } from 'fastify';
import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { MAX_TOTAL_BYTES } from '../../domain/request.js';
import { getErrorCode } from '../../shared/errors.js';
import { getCaller } from '../auth/caller.js';
import { ProblemError, createProblemError } from '../http/problem.js';
import { captureExtendedFileName, sanitizeFileName } from './file-name.js';
import { type Upload, type UploadArea, createUpload } from './storage.js';

/** More than the multipart form around one file takes. */
const MAX_FORM_BYTES = 100 * 1024;

/** One byte more than allowed, to detect a file that is too large. */
const MULTIPART_LIMITS = { parts: 1, fileSize: MAX_TOTAL_BYTES + 1, fieldSize: 100, headerPairs: 20 };

/** A complete file that is not committed yet. */
export interface ReceivedFile {
  readonly upload: Upload;
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
}

/**
 * Writes the one file of a multipart request below the root while it arrives, in constant memory. Leaves nothing behind if it
 * fails. @throws ProblemError
 */
export async function receiveUpload(request: FastifyRequest, area: UploadArea): Promise<ReceivedFile> {
  let received: ReceivedFile | undefined;
  try {
    if (Number(request.headers['content-length']) > MAX_TOTAL_BYTES + MAX_FORM_BYTES) throw fileTooLarge();
    const extendedName = captureExtendedFileName(request.raw);
    for await (const part of request.parts({ limits: MULTIPART_LIMITS })) {
      if (part.type !== 'file' || part.fieldname !== 'file') throw notExactlyOneFile();
      const name = readFileName(part, extendedName());
      const { employeeId } = getCaller(request);
      received = await receivePart(part, name, await createUpload(area, name, employeeId));
    }
    if (received === undefined) throw notExactlyOneFile();
    return received;
  } catch (error) {
    await received?.upload.discard();
    // Discards the rest of the body: a client may miss the response on a connection that closes while it is sending.
    request.raw.unpipe().resume();
    throw request.raw.errored === null ? toProblem(error) : incompleteForm();
  }
}

/** A safe file name. @throws ProblemError if the name is not valid UTF-8 */
function readFileName(
  // A part of type application/octet-stream is a file even without a name.
  { filename }: { readonly filename?: string },
  extended: string | null | undefined,
): string {
  const name = extended === undefined ? filename : extended;
  if (name === null || name?.includes('\ufffd') === true)
    throw createProblemError('invalid-request', 'The file name in the form is not encoded in UTF-8.');
  return sanitizeFileName(name);
}

async function receivePart({ file }: MultipartFile, name: string, upload: Upload): Promise<ReceivedFile> {
  try {
    return { upload, name, ...(await writeAndHash(file, upload.path)) };
  } catch (error) {
    await upload.discard();
    throw error;
  }
}

async function writeAndHash(
  content: AsyncIterable<Uint8Array>,
  path: string,
): Promise<Pick<ReceivedFile, 'bytes' | 'sha256'>> {
  const hash = createHash('sha256');
  let bytes = 0;
  const counted = async function* (chunks: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
    for await (const chunk of chunks) {
      bytes += chunk.length;
      if (bytes > MAX_TOTAL_BYTES) throw fileTooLarge();
      hash.update(chunk);
      yield chunk;
    }
  };
  const file = await open(path, 'wx', 0o640);
  await pipeline(content, counted, file.createWriteStream({ flush: true }));
  return { bytes, sha256: hash.digest('hex') };
}

/** Maps errors of the parser to problems of the request; errors of this machine, such as a full disk, stay as they are. */
function toProblem(error: unknown): unknown {
  if (error instanceof ProblemError || !(error instanceof Error)) return error;
  const code = getErrorCode(error, '');
  if (/^FST_(PARTS|FILES|FIELDS)_LIMIT$/.test(code)) return notExactlyOneFile();
  const isParserError = code.startsWith('FST_') || (code === '' && error.constructor === Error);
  return isParserError ? incompleteForm() : error;
}

function incompleteForm(): ProblemError {
  return createProblemError('invalid-request', 'The body is not a complete multipart/form-data form.');
}

function notExactlyOneFile(): ProblemError {
  return createProblemError(
    'invalid-request',
    'The form must have exactly one part: a file called "file", with a file name.',
  );
}

function fileTooLarge(): ProblemError {
  const megabytes = MAX_TOTAL_BYTES / 1_000_000;
  return createProblemError(
    'too-large',
    `The file is larger than ${megabytes} MB, the limit for all documents of a signing together.`,
  );
}
