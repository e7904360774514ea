import { Agent, request } from 'undici';
import { decoded, textOf } from './answer-body.js';
import { createConnector } from './connector.js';
import type { Proxies } from './proxies.js';

/** What a library asks for that fetches by a function it is given. */
interface FetchOptions {
  readonly method: 'GET';
  readonly headers: Headers;
  readonly redirect: 'manual';
  readonly signal: AbortSignal;
}

/** What comes after is not read, so that a longer answer is no JSON. */
const MOST_BYTES = 1024 * 1024;

/** Fetches a text through a proxy where one is set for the address; `timeoutMs` until the connection stands. */
export function createFetch(
  proxies: Proxies | undefined,
  timeoutMs: number,
): (url: string, options: FetchOptions) => Promise<Response> {
  const dispatcher = new Agent({ connect: createConnector({ proxies, timeoutMs }) });
  return async (url, { method, headers, signal }) => {
    const asked = { ...Object.fromEntries(headers), 'accept-encoding': 'identity' };
    const answer = await request(url, { dispatcher, method, headers: asked, signal });
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    for await (const chunk of decoded(answer.body, answer.headers['content-encoding'])) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes > MOST_BYTES) break;
    }
    return new Response(bytes === 0 ? null : textOf(Buffer.concat(chunks)), { status: answer.statusCode });
  };
}
