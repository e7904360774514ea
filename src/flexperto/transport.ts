import { Readable } from 'node:stream';
import { Agent, type Dispatcher, type buildConnector } from 'undici';
import { getErrorCode } from '../shared/errors.js';
import { createConnector } from '../shared/http/connector.js';
import type { ProxyConfig } from '../shared/http/proxy-config.js';
import { type HttpResponse, TimeLimitError, sendRequest } from '../shared/http/request.js';
import { parseRetryAfter } from '../shared/http/response-body.js';
import { type CallObserver, type CallStart, instrument } from './call-observer.js';
import { type Call, NotSentError, OutcomeUnknownError, RefusedError } from './errors.js';
import { extractVendorMessage } from './responses.js';

/** An answer of status 2xx. `text` is incomplete if the connection ended early, and then it is not JSON. */
export interface ApiResponse {
  readonly status: number;
  readonly text: string;
}

export interface ApiRequest extends Pick<CallStart, 'call' | 'method'> {
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly body?: string | AsyncIterable<Uint8Array>;
  /** Whether repeating it is harmless: then it may use a kept connection. */
  readonly idempotent: boolean;
  /** Size of the document in the body. */
  readonly documentBytes?: number;
  /** Milliseconds for the whole call, from connecting to the last byte of the answer. */
  readonly timeoutMs: number;
  /** Cancels the call, which throws the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

export interface Transport {
  /** @throws NotSentError, RefusedError, OutcomeUnknownError, the signal's reason, or what the body's source threw */
  send(request: ApiRequest): Promise<ApiResponse>;
  close(): Promise<void>;
}

/** More than any answer of this API needs; the rest is not read. */
const MAX_RESPONSE_BYTES = 4 * 1024 * 1024;
/** A refusal holds one sentence. Searching it in megabytes would cost a hundred times as much memory. */
const MAX_REFUSAL_BYTES = 64 * 1024;

/**
 * Sends requests, and turns failures into the error family. It follows no redirect, so the API key goes to the host of the
 * base URL only. A call that is not idempotent opens its own connection: a server may close a kept one at the moment of
 * sending, which would leave the outcome unknown. The others are numerous, such as uploads and polls, and share connections.
 */
export function createTransport(
  connectTimeoutMs: number,
  observe: CallObserver,
  proxies?: ProxyConfig,
): Transport {
  const options = {
    connect: markConnectErrors(createConnector({ proxies, timeoutMs: connectTimeoutMs })),
    headersTimeout: 0,
    bodyTimeout: 0,
  };
  const singleUse = new Agent({ ...options, pipelining: 0 });
  const pooled = new Agent(options);
  return {
    send: (apiRequest) => {
      const { call, method, idempotent, documentBytes = 0 } = apiRequest;
      const dispatcher = idempotent ? pooled : singleUse;
      const run = (): Promise<ApiResponse> => performRequest(apiRequest, dispatcher);
      return instrument(observe, { call, method, documentBytes }, run);
    },
    close: async () => {
      await Promise.all([singleUse.destroy(), pooled.destroy()]);
    },
  };
}

async function performRequest(apiRequest: ApiRequest, dispatcher: Dispatcher): Promise<ApiResponse> {
  const { call, method, url, headers, timeoutMs, signal } = apiRequest;
  const body = createRequestBody(apiRequest.body);
  try {
    const response = await sendRequest({ url, method, dispatcher, headers, body, timeoutMs, signal });
    const maxBytes = isSuccess(response) ? MAX_RESPONSE_BYTES : MAX_REFUSAL_BYTES;
    return toApiResponse(call, response, await response.readText(maxBytes));
  } catch (error) {
    if (error instanceof ContentError) throw error.cause;
    signal?.throwIfAborted();
    throw toFlexpertoError(apiRequest, error);
  }
}

/** The source of a document threw `cause`. This keeps it apart from errors of the connection. */
class ContentError extends Error {}

function createRequestBody(body: ApiRequest['body']): string | Readable | null {
  if (body === undefined || typeof body === 'string') return body ?? null;
  const content = async function* (): AsyncIterable<Uint8Array> {
    try {
      yield* body;
    } catch (error) {
      throw new ContentError('the content could not be read', { cause: error });
    }
  };
  return Readable.from(content());
}

const isSuccess = ({ status }: HttpResponse): boolean => status >= 200 && status < 300;

function toApiResponse(call: Call, response: HttpResponse, text: string): ApiResponse {
  const { status, headers } = response;
  if (isSuccess(response)) return { status, text };
  const retryAfterMs = parseRetryAfter(headers['retry-after'], Date.now());
  const isDeclined = status === 503 && retryAfterMs !== undefined;
  if (status === 408 || (status >= 500 && !isDeclined)) {
    throw new OutcomeUnknownError(call, `flexperto answered ${status}`, { status, retryAfterMs });
  }
  throw new RefusedError(call, status, extractVendorMessage(text), retryAfterMs);
}

/** The connection or its encryption failed before a byte of the request was sent. */
class ConnectError extends Error {}

function markConnectErrors(connect: buildConnector.connector): buildConnector.connector {
  return (options, callback) => {
    connect(options, (error, socket) => {
      if (error === null) callback(null, socket);
      else callback(new ConnectError('not connected', { cause: error }), null);
    });
  };
}

function toFlexpertoError({ call, timeoutMs }: ApiRequest, error: unknown): Error {
  if (error instanceof RefusedError || error instanceof OutcomeUnknownError) return error;
  if (error instanceof ConnectError) return new NotSentError(call, getErrorCode(error.cause));
  if (error instanceof TimeLimitError) {
    return new OutcomeUnknownError(call, `no answer within ${timeoutMs / 1000} s`, { timedOut: true });
  }
  return new OutcomeUnknownError(call, `the connection failed (${getErrorCode(error)})`);
}
