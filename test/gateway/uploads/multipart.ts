import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { Agent, type IncomingMessage, request as httpRequest } from 'node:http';
import { type Socket, connect } from 'node:net';
import { resolve } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { type HttpResponse, KEY } from '../gateway-environment.js';

const BOUNDARY = 'the-boundary-of-this-test';
export const FORM_CONTENT_TYPE = `multipart/form-data; boundary=${BOUNDARY}`;

/** One part of a form, as a browser or curl writes it. */
export interface Part {
  readonly name?: string;
  readonly fileName?: string | undefined;
  readonly content: Uint8Array | string;
}

export const filePart = (content: Uint8Array | string, fileName = 'contract.pdf'): Part => ({
  name: 'file',
  fileName,
  content,
});

function partHeader({ name = 'file', fileName }: Partial<Part>): Buffer {
  const named = fileName === undefined ? '' : `; filename="${fileName.replaceAll('"', '%22')}"`;
  const type = fileName === undefined ? '' : '\r\nContent-Type: application/pdf';
  const disposition = `Content-Disposition: form-data; name="${name}"${named}`;
  return Buffer.from(`--${BOUNDARY}\r\n${disposition}${type}\r\n\r\n`);
}

export const FORM_END = Buffer.from(`\r\n--${BOUNDARY}--\r\n`);

export function buildForm(...parts: readonly Part[]): Buffer {
  const line = Buffer.from('\r\n');
  const written = parts.flatMap((part) => [partHeader(part), Buffer.from(part.content), line]);
  return Buffer.concat([...written, FORM_END.subarray(line.length)]);
}

export interface PostOptions {
  readonly type?: string | undefined;
  /** If absent, the body is sent with chunked encoding. */
  readonly length?: number;
  readonly key?: string;
}

/** Streams a body to `POST /documents` and reads the response, which may come before the end of the body. */
export async function postDocument(
  url: string,
  body: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  { type = FORM_CONTENT_TYPE, length, key = KEY }: PostOptions = {},
): Promise<HttpResponse> {
  const headers = {
    authorization: `Bearer ${key}`,
    'content-type': type,
    ...(length === undefined ? {} : { 'content-length': length }),
  };
  const agent = new Agent({ keepAlive: true });
  const request = httpRequest(`${url}/documents`, { method: 'POST', headers, agent });
  const sending = Readable.from(body);
  sending.pipe(request);
  try {
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    const { statusCode = 0, headers: received } = response;
    const answer = await text(response);
    return {
      status: statusCode,
      headers: new Headers(received as Record<string, string>),
      text: answer,
      body: JSON.parse(answer) as unknown,
    };
  } finally {
    sending.destroy();
    request.destroy();
    agent.destroy();
  }
}

/** Sends a complete form of these parts. */
export function postForm(url: string, ...parts: readonly Part[]): Promise<HttpResponse> {
  const form = buildForm(...parts);
  return postDocument(url, [form], { length: form.length });
}

/** A form with a file of this size, generated while it is sent. */
export function* generateForm(bytes: number): Iterable<Uint8Array> {
  yield partHeader(filePart(''));
  const chunk = Buffer.alloc(64 * 1024, 'a');
  for (let left = bytes; left > 0; left -= chunk.length)
    yield chunk.subarray(0, Math.min(left, chunk.length));
  yield FORM_END;
}

export const formLength = (bytes: number): number =>
  partHeader(filePart('')).length + bytes + FORM_END.length;

/** A connection with a suspended upload: this many bytes of its file are missing, and the end of the form. */
export function startUpload(url: string, missingBytes: number): Socket {
  const sent = Buffer.concat([partHeader(filePart('')), Buffer.alloc(100_000, 'a')]);
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  // The gateway may close it, too.
  socket.on('error', () => undefined);
  socket.write(
    `POST /documents HTTP/1.1\r\nHost: gateway\r\nAuthorization: Bearer ${KEY}\r\n` +
      `Content-Type: ${FORM_CONTENT_TYPE}\r\nContent-Length: ${sent.length + missingBytes + FORM_END.length}\r\n\r\n`,
  );
  socket.write(sent);
  return socket;
}

/** Uploads a PDF that can be signed, as the caller with this key or token, and returns its source. */
export async function uploadContract(url: string, key = KEY): Promise<string> {
  const form = buildForm(filePart(await readFile(resolve('examples/contract.pdf'))));
  const { status, text: said, body } = await postDocument(url, [form], { length: form.length, key });
  if (status !== 201) throw new Error(`not uploaded: ${said}`);
  return (body as { source: string }).source;
}
