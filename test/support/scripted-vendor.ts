import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import {
  type FlexpertoClient,
  type FlexpertoOptions,
  createFlexpertoClient,
} from '../../src/flexperto/index.js';
import { startLocalServer } from './local-server.js';

/** A request as it arrived. */
export interface ReceivedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** A body with status 200, or a function that answers. */
export type Reply = string | ((response: ServerResponse, request: IncomingMessage) => void);

/** A server that gives scripted answers to any request, and a client of it. Both are closed after the test. */
export interface ScriptedVendor {
  readonly url: string;
  readonly client: FlexpertoClient;
  /** Every request in the order of arrival, body included. */
  readonly received: ReceivedRequest[];
}

export const API_KEY = 'secret-api-key';
export const CALL_CONTEXT = { employeeId: '45' };
export const SESSION = {
  name: 'Task-123 / Documents to be Signed',
  method: 'aes' as const,
  participants: [
    { email: 'john.doe@example.invalid', firstname: 'John', lastname: 'Doe', mobile: '+49176123456789' },
  ],
};

const closers: (() => Promise<void>)[] = [];

export function closeVendorsAfterEach(): void {
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close();
  });
}

/** A client for any address, closed after the test. */
export function createVendorClient(
  baseUrl: string,
  options: Partial<FlexpertoOptions> = {},
): FlexpertoClient {
  const client = createFlexpertoClient({
    baseUrl,
    apiKey: API_KEY,
    attachMethod: 'auto',
    timeoutMs: 20_000,
    uploadTimeoutMs: 20_000,
    ...options,
  });
  closers.push(() => client.close());
  return client;
}

/** Starts a vendor that gives the answers in turn, and then repeats the last one. */
export async function startScriptedVendor(
  replies: Reply | readonly Reply[],
  options: Partial<FlexpertoOptions> = {},
): Promise<ScriptedVendor> {
  const script = [replies].flat();
  const received: ReceivedRequest[] = [];
  const server = await startLocalServer((request, response) => {
    readRequest(request).then((one) => {
      const reply = script[Math.min(received.length, script.length - 1)] ?? '';
      received.push(one);
      if (typeof reply === 'string') response.end(reply);
      else reply(response, request);
    }, ignoreAbortedRequest);
  });
  closers.push(() => server.close());
  return { url: server.url, client: createVendorClient(server.url, options), received };
}

/** An answer of another status. */
export const replyWithStatus =
  (code: number, body: unknown = '', headers: Record<string, string> = {}): Reply =>
  (response) => {
    response.writeHead(code, headers).end(typeof body === 'string' ? body : JSON.stringify(body));
  };

/** Resets the connection once the request has arrived. */
export const resetConnection: Reply = (_response, request) => {
  request.socket.resetAndDestroy();
};

/** Never answers. */
export const neverReply: Reply = () => undefined;

/** A document with these bytes. */
export async function* streamOf(...chunks: readonly (Uint8Array | string)[]): AsyncIterable<Uint8Array> {
  for (const chunk of chunks) yield await Promise.resolve(Buffer.from(chunk));
}

/** A request that the client aborts is not recorded. */
const ignoreAbortedRequest = (): void => undefined;

async function readRequest(request: IncomingMessage): Promise<ReceivedRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const { method = '', url = '', headers } = request;
  return { method, path: url, headers, body: Buffer.concat(chunks) };
}
