import { Busboy } from '@fastify/busboy';
import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { HttpError } from './http-error.js';

export interface ReceivedFile {
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
}

/**
 * Reads a multipart body to its end and hashes the file in the field `file`, without keeping bytes. Calls `onName`
 * when the file's name is known. Resolves with an HttpError for an invalid body; rejects when the client disconnects.
 */
export async function receiveFile(
  request: IncomingMessage,
  onName: (name: string) => void,
): Promise<ReceivedFile | HttpError> {
  const files: ReceivedFile[] = [];
  try {
    await parseMultipart(request, (name, stream) => {
      onName(name);
      hashFile(name, stream, files);
    });
  } catch (error) {
    if (!request.complete && request.destroyed) throw error;
    request.resume();
    return new HttpError(400, 'the body must be complete multipart/form-data');
  }
  const [file] = files;
  if (file === undefined || files.length > 1)
    return new HttpError(422, 'field file must hold exactly one file');
  return file;
}

function hashFile(name: string, stream: NodeJS.ReadableStream, files: ReceivedFile[]): void {
  const hash = createHash('sha256');
  let bytes = 0;
  stream.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    hash.update(chunk);
  });
  stream.on('end', () => files.push({ name, bytes, sha256: hash.digest('hex') }));
}

async function parseMultipart(
  request: IncomingMessage,
  onFile: (name: string, stream: NodeJS.ReadableStream) => void,
): Promise<void> {
  const { 'content-type': contentType = '', ...headers } = request.headers;
  const parser = new Busboy({ headers: { ...headers, 'content-type': contentType } });
  await new Promise<void>((resolve, reject) => {
    parser.on('file', (fieldName, stream, name) => {
      // An incomplete body is an error of the part too; without a listener it would end the process.
      stream.on('error', reject);
      if (fieldName === 'file') onFile(name, stream);
      else stream.resume();
    });
    parser.on('finish', resolve);
    parser.on('error', reject);
    request.on('close', () => {
      if (!request.complete) reject(new Error('the client has disconnected'));
    });
    request.pipe(parser);
  });
}
