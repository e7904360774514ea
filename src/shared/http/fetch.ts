import { Agent, request } from 'undici';
import { decodeContent, decodeText } from './response-body.js';
import { createConnector } from './connector.js';
import type { ProxyConfig } from './proxy-config.js';

/** What a library asks for that fetches by a function it is given. */
interface FetchOptions {
  readonly method: 'GET';
  readonly headers: Headers;
  readonly redirect: 'manual';
  readonly signal: AbortSignal;
}

/** What comes after is not read, so that a longer answer is no JSON. */
const MAX_BYTES = 1024 * 1024;

/** Fetches a text through a proxy where one is set for the address; `timeoutMs` until the connection stands. */
export function createFetch(
  proxies: ProxyConfig | undefined,
  timeoutMs: number,
): (url: string, options: FetchOptions) => Promise<Response> {
  const dispatcher = new Agent({ connect: createConnector({ proxies, timeoutMs }) });
  return async (url, { method, headers, signal }) => {
    const requestHeaders = { ...Object.fromEntries(headers), 'accept-encoding': 'identity' };
    const response = await request(url, { dispatcher, method, headers: requestHeaders, signal });
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    for await (const chunk of decodeContent(response.body, response.headers['content-encoding'])) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes > MAX_BYTES) break;
    }
    return new Response(bytes === 0 ? null : decodeText(Buffer.concat(chunks)), {
      status: response.statusCode,
    });
  };
}
