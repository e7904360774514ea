import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import { Agent, type Dispatcher, request } from 'undici';
import { createConnector } from './connector.js';
import type { ProxyConfig } from './proxy-config.js';
import { decodeContent, decodeText } from './response-body.js';

/** A request did not end within its time limit. */
export class TimeLimitError extends Error {
  override readonly name = 'TimeLimitError';
}

export interface HttpRequest {
  readonly url: string | URL;
  readonly method: Dispatcher.HttpMethod;
  /** Decides how the connection is made. */
  readonly dispatcher: Dispatcher;
  readonly headers?: Record<string, string>;
  readonly body?: string | Readable | null;
  /** Milliseconds from connecting to the last byte of the answer. Without it, only the dispatcher's limits apply. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal | undefined;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** The decoded bytes as they arrive. Reading them throws what `sendRequest` throws. */
  readonly body: AsyncIterable<Uint8Array>;
  /**
   * The beginning of the decoded text. Reading ends after `maxBytes`, when the connection breaks, and at the time limit.
   * @throws the signal's reason
   */
  readText(maxBytes: number): Promise<string>;
  /** Ends the connection without reading the body. */
  discard(): void;
}

/**
 * Sends a request within its time limit; follows no redirect. It asks for no content coding, and decodes one that an
 * intermediary has added.
 * @throws the signal's reason, TimeLimitError, or the error of the connection
 */
export async function sendRequest(options: HttpRequest): Promise<HttpResponse> {
  const { url, method, dispatcher, headers, body = null, timeoutMs, signal } = options;
  const timeout = timeoutMs === undefined ? undefined : AbortSignal.timeout(timeoutMs);
  const rethrow = (error: unknown): never => {
    signal?.throwIfAborted();
    throw timeout?.aborted === true ? new TimeLimitError(`did not end within ${timeoutMs} ms`) : error;
  };
  const response = await request(url, {
    dispatcher,
    method,
    headers: { 'accept-encoding': 'identity', ...headers },
    body,
    signal: AbortSignal.any([signal, timeout].filter((one) => one !== undefined)),
  }).catch(rethrow);
  const content = rethrowErrors(decodeContent(response.body, response.headers['content-encoding']), rethrow);
  return {
    status: response.statusCode,
    headers: response.headers,
    body: content,
    readText: (maxBytes) => readText(content, maxBytes, signal),
    discard: () => {
      response.body.on('error', () => undefined).destroy();
    },
  };
}

async function* rethrowErrors(
  bytes: AsyncIterable<Uint8Array>,
  rethrow: (error: unknown) => never,
): AsyncIterable<Uint8Array> {
  try {
    yield* bytes;
  } catch (error) {
    rethrow(error);
  }
}

async function readText(
  content: AsyncIterable<Uint8Array>,
  maxBytes: number,
  signal: AbortSignal | undefined,
): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const chunk of content) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes > maxBytes) break;
    }
  } catch {
    // The status has arrived and decides; a text that was cut short is no JSON.
    signal?.throwIfAborted();
  }
  return decodeText(Buffer.concat(chunks));
}

/** What a library passes to the fetch function that it is given. */
interface FetchOptions {
  readonly method: 'GET';
  readonly headers: Headers;
  readonly redirect: 'manual';
  readonly signal: AbortSignal;
}

/** A longer answer is cut, so that it is no JSON. */
const MAX_FETCHED_BYTES = 1024 * 1024;

/** A fetch function that uses a proxy where one is set for the address; `timeoutMs` limits the connecting. */
export function createFetch(
  proxies: ProxyConfig | undefined,
  timeoutMs: number,
): (url: string, options: FetchOptions) => Promise<Response> {
  const dispatcher = new Agent({ connect: createConnector({ proxies, timeoutMs }) });
  return async (url, { method, headers, signal }) => {
    const response = await sendRequest({
      url,
      method,
      dispatcher,
      headers: Object.fromEntries(headers),
      signal,
    });
    const text = await response.readText(MAX_FETCHED_BYTES);
    return new Response(text === '' ? null : text, { status: response.status });
  };
}
