import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import type { MultipartFile } from '@fastify/multipart';
import type { FastifyRequest } from 'fastify';
import { codeOf } from '../../network/error-code.js';
import { MAX_TOTAL_BYTES } from '../../domain/limits.js';
import { ProblemError, refusal } from '../problem.js';
import { callerOf } from '../caller.js';
import { safeFileName } from './file-name.js';
import { watchExtendedFileName } from './part-head.js';
import { beginUpload, type Upload, type UploadArea } from './upload-folder.js';

/** More than the multipart form around one file needs. */
const MAX_FORM_BYTES = 100 * 1024;

/** One byte more than is allowed, by which it is seen that a file is too large. */
const LIMITS = { parts: 1, fileSize: MAX_TOTAL_BYTES + 1, fieldSize: 100, headerPairs: 20 };

/** A file that has arrived whole and has not got its place yet. */
export interface Received {
  readonly upload: Upload;
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
}

/**
 * Writes the one file of a multipart request below the root while it arrives; memory does not grow with it. Whatever goes
 * wrong, nothing of it stays. @throws ProblemError
 */
export async function receiveDocument(request: FastifyRequest, area: UploadArea): Promise<Received> {
  let received: Received | undefined;
  try {
    if (Number(request.headers['content-length']) > MAX_TOTAL_BYTES + MAX_FORM_BYTES) throw tooLarge();
    const extendedName = watchExtendedFileName(request.raw);
    for await (const part of request.parts({ limits: LIMITS })) {
      if (part.type !== 'file' || part.fieldname !== 'file') throw notOneFile();
      const name = nameOf(part, extendedName());
      const { employeeId } = callerOf(request);
      received = await receivePart(part, name, await beginUpload(area, name, employeeId));
    }
    if (received === undefined) throw notOneFile();
    return received;
  } catch (error) {
    await received?.upload.discard();
    // What still comes is read and forgotten: on a connection that is cut off the client may never see the answer.
    request.raw.unpipe().resume();
    throw request.raw.errored === null ? refused(error) : cutOff();
  }
}

/** A safe one. @throws ProblemError where letters of it are lost, so that it would be another one */
function nameOf(
  // A part of type application/octet-stream is a file without a name too.
  { filename }: { readonly filename?: string },
  extended: string | null | undefined,
): string {
  const given = extended === undefined ? filename : extended;
  if (given === null || given?.includes('\ufffd') === true)
    throw refusal('invalid-request', 'The file name in the form is not encoded in UTF-8.');
  return safeFileName(given);
}

async function receivePart({ file }: MultipartFile, name: string, upload: Upload): Promise<Received> {
  try {
    return { upload, name, ...(await write(file, upload.path)) };
  } catch (error) {
    await upload.discard();
    throw error;
  }
}

async function write(
  content: AsyncIterable<Uint8Array>,
  path: string,
): Promise<Pick<Received, 'bytes' | 'sha256'>> {
  const hash = createHash('sha256');
  let bytes = 0;
  const counted = async function* (chunks: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
    for await (const chunk of chunks) {
      bytes += chunk.length;
      if (bytes > MAX_TOTAL_BYTES) throw tooLarge();
      hash.update(chunk);
      yield chunk;
    }
  };
  const file = await open(path, 'wx', 0o640);
  await pipeline(content, counted, file.createWriteStream({ flush: true }));
  return { bytes, sha256: hash.digest('hex') };
}

/** What the parser says as a problem of the request; a fault of this machine, such as a full disk, is none. */
function refused(error: unknown): unknown {
  if (error instanceof ProblemError || !(error instanceof Error)) return error;
  const code = codeOf(error, '');
  if (/^FST_(PARTS|FILES|FIELDS)_LIMIT$/.test(code)) return notOneFile();
  const isOfParser = code.startsWith('FST_') || (code === '' && error.constructor === Error);
  return isOfParser ? cutOff() : error;
}

function cutOff(): ProblemError {
  return refusal('invalid-request', 'The body is not a whole multipart/form-data form.');
}

function notOneFile(): ProblemError {
  return refusal(
    'invalid-request',
    'The form must hold exactly one part: a file, with a file name, called "file".',
  );
}

function tooLarge(): ProblemError {
  const megabytes = MAX_TOTAL_BYTES / 1_000_000;
  return refusal(
    'too-large',
    `The file is larger than the ${megabytes} MB that all documents of a signing together may have.`,
  );
}
