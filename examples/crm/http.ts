import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** This server's own answer to a call that it rejects, in the form of the gateway's problems (RFC 9457). */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly status: number;
  readonly type: string;

  /** `detail` is a sentence for the employee. */
  constructor(status: number, type: string, detail: string) {
    super(detail);
    this.status = status;
    this.type = type;
  }
}

/** The only headers of the gateway that reach the browser. */
const FORWARDED_HEADERS = ['content-type', 'retry-after'];

const MAX_BODY_BYTES = 256 * 1024;

export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(JSON.stringify(body));
}

export function sendProblem(response: ServerResponse, { status, type, message }: ProblemError): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  response.writeHead(status, { 'content-type': 'application/problem+json', 'cache-control': 'no-store' });
  response.end(JSON.stringify({ type: `urn:crm:problem:${type}`, status, detail: message }));
}

/** Streams the gateway's answer to the browser, an event stream too. */
export async function forwardResponse(gatewayResponse: Response, response: ServerResponse): Promise<void> {
  const headers = FORWARDED_HEADERS.flatMap((name) => {
    const value = gatewayResponse.headers.get(name);
    return value === null ? [] : [[name, value] as const];
  });
  response.writeHead(gatewayResponse.status, { ...Object.fromEntries(headers), 'cache-control': 'no-store' });
  response.flushHeaders();
  await pipeline(
    gatewayResponse.body === null ? Readable.from([]) : Readable.fromWeb(gatewayResponse.body),
    response,
  );
}

/** @throws ProblemError where the body is larger than 256 KiB */
export async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) throw new ProblemError(413, 'too-large', 'The request is too large.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** @throws ProblemError where the body is no JSON object */
export async function readJson(request: IncomingMessage): Promise<Readonly<Record<string, unknown>>> {
  const text = await readBody(request);
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body === 'object' && body !== null && !Array.isArray(body)) return { ...body };
  } catch {
    // Handled below.
  }
  throw new ProblemError(400, 'invalid-request', 'The body must be a JSON object.');
}
