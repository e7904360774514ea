import { Readable } from 'node:stream';
import { Agent, request, type buildConnector, type Dispatcher } from 'undici';
import { decoded, textOf } from '../network/answer-body.js';
import { createConnector } from '../network/connector.js';
import { codeOf } from '../network/error-code.js';
import type { Proxies } from '../network/proxies.js';
import { retryAfterMs } from '../network/retry-after.js';
import { underObservation, type CallBegin, type CallObserver } from './call-observer.js';
import { NotSentError, OutcomeUnknownError, RefusedError, type Call } from './errors/index.js';
import { createFlushing, type Flushing } from './flushing.js';
import { vendorMessage } from './vendor-message.js';

/** An answer of status 2xx. `text` is cut short where the connection ended early; reading it as JSON then fails. */
export interface Answer {
  readonly status: number;
  readonly text: string;
}

export interface Exchange extends Pick<CallBegin, 'call' | 'method'> {
  readonly url: string;
  readonly headers: Record<string, string>;
  /** A chunk must stay as it is until the second one after it is asked for. */
  readonly body?: string | AsyncIterable<Uint8Array>;
  /** Whether a second one would do no harm: then it may go over a kept connection. */
  readonly repeatable: boolean;
  /** Size of the document in the body. */
  readonly documentBytes?: number;
  /** Milliseconds for the whole call, from connecting to the last byte of the answer. */
  readonly timeoutMs: number;
  /** Gives the call up; the signal's reason is thrown. */
  readonly signal?: AbortSignal | undefined;
}

export interface Transport {
  /** @throws NotSentError, RefusedError, OutcomeUnknownError, the signal's reason, or what the body's source threw */
  exchange(exchange: Exchange): Promise<Answer>;
  close(): Promise<void>;
}

/** More than any answer of this API needs; what follows is not read. */
const MAX_ANSWER_BYTES = 4 * 1024 * 1024;
/** Of a refusal one sentence is wanted; to look for it in megabytes would cost a hundred times as much memory. */
const MAX_REFUSAL_BYTES = 64 * 1024;

/**
 * Speaks HTTP and sorts what can happen into the error family. No redirect is followed: the API key goes to the base
 * URL's host only. A call that must not be repeated opens its own connection, since a kept one that the server closes at
 * the wrong moment would turn a harmless end of idling into an initiate whose outcome nobody knows. What can be repeated
 * comes in numbers, uploads and the looks of all waiting sessions: it shares connections.
 */
export function createTransport(
  connectTimeoutMs: number,
  observe: CallObserver,
  proxies?: Proxies,
): Transport {
  const flushing = createFlushing();
  const options = {
    connect: observed(createConnector({ proxies, timeoutMs: connectTimeoutMs }), flushing),
    headersTimeout: 0,
    bodyTimeout: 0,
  };
  const fresh = new Agent({ ...options, pipelining: 0 });
  const kept = new Agent(options);
  return {
    exchange: (exchange) => {
      const { call, method, repeatable, documentBytes = 0 } = exchange;
      const dispatcher = repeatable ? kept : fresh;
      const request = (): Promise<Answer> => perform(exchange, dispatcher, flushing);
      return underObservation(observe, { call, method, documentBytes }, request);
    },
    close: async () => {
      await Promise.all([fresh.destroy(), kept.destroy()]);
    },
  };
}

async function perform(exchange: Exchange, dispatcher: Dispatcher, flushing: Flushing): Promise<Answer> {
  const { call, method, url, headers, signal } = exchange;
  const timeout = AbortSignal.timeout(exchange.timeoutMs);
  const body = sourceOf(exchange.body, flushing);
  try {
    const response = await request(url, {
      dispatcher,
      method,
      // Read all the same: see `decoded`.
      headers: { 'accept-encoding': 'identity', ...headers },
      body: body.content,
      signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
    });
    return accepted(call, response, await readText(response, signal));
  } catch (error) {
    if (body.thrown !== undefined) throw body.thrown.error;
    if (signal?.aborted === true) throw signal.reason;
    if (timeout.aborted)
      throw new OutcomeUnknownError(call, `no answer within ${exchange.timeoutMs / 1000} s`, {
        unanswered: true,
      });
    throw sorted(call, error);
  } finally {
    body.end();
  }
}

/** A body to send, and what reading it threw: an error of the document's source is none of the network. */
interface Source {
  readonly content: string | Readable | null;
  thrown?: { readonly error: unknown };
  /** Lets go of the chunk that is on its way. */
  readonly end: () => void;
}

function sourceOf(body: Exchange['body'], flushing: Flushing): Source {
  if (body === undefined || typeof body === 'string') return { content: body ?? null, end: () => undefined };
  let end = (): void => undefined;
  const ended = new Promise<void>((resolve) => (end = resolve));
  const chunks = watched(body, (error) => (source.thrown = { error }));
  const source: Source = { content: Readable.from(flushing.paced(chunks, ended)), end };
  return source;
}

async function* watched(
  body: AsyncIterable<Uint8Array>,
  onError: (error: unknown) => void,
): AsyncIterable<Uint8Array> {
  try {
    yield* body;
  } catch (error) {
    onError(error);
    throw error;
  }
}

async function readText(response: Dispatcher.ResponseData, signal?: AbortSignal): Promise<string> {
  const chunks: Uint8Array[] = [];
  const most = isAccepted(response) ? MAX_ANSWER_BYTES : MAX_REFUSAL_BYTES;
  let bytes = 0;
  try {
    for await (const chunk of decoded(response.body, response.headers['content-encoding'])) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes > most) break;
    }
  } catch (error) {
    if (signal?.aborted === true) throw error;
    // The status is known and decides; a text that was cut short is not understood where its content is needed.
  }
  return textOf(Buffer.concat(chunks));
}

const isAccepted = ({ statusCode }: Pick<Dispatcher.ResponseData, 'statusCode'>): boolean =>
  statusCode >= 200 && statusCode < 300;

function accepted(
  call: Call,
  { statusCode: status, headers }: Dispatcher.ResponseData,
  text: string,
): Answer {
  if (isAccepted({ statusCode: status })) return { status, text };
  const wait = retryAfterMs(headers['retry-after'], Date.now());
  const declined = status === 503 && wait !== undefined;
  if (status === 408 || (status >= 500 && !declined)) {
    throw new OutcomeUnknownError(call, `flexperto answered ${status}`, { status, retryAfterMs: wait });
  }
  throw new RefusedError(call, status, vendorMessage(text), wait);
}

/** The connection or its encryption did not come about, so that no byte of a request was sent. */
class NotConnected extends Error {}

function observed(connect: buildConnector.connector, flushing: Flushing): buildConnector.connector {
  return (options, callback) => {
    connect(options, (error, socket) => {
      if (error === null) {
        flushing.observe(socket);
        callback(null, socket);
      } else {
        callback(new NotConnected('not connected', { cause: error }), null);
      }
    });
  };
}

function sorted(call: Call, error: unknown): Error {
  if (error instanceof RefusedError || error instanceof OutcomeUnknownError) return error;
  if (error instanceof NotConnected) return new NotSentError(call, codeOf(error.cause));
  return new OutcomeUnknownError(call, `the connection failed (${codeOf(error)})`);
}
