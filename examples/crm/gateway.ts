import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { ProblemError } from './http.js';
import type { CrmSettings } from './settings.js';

/** The signing gateway. Only this backend calls it, with the key. */
export interface GatewayClient {
  get(path: string, signal?: AbortSignal, headers?: Readonly<Record<string, string>>): Promise<Response>;
  post(path: string, body?: unknown): Promise<Response>;
  /** Forwards an upload while it arrives: the CRM stores no file. */
  upload(path: string, from: IncomingMessage): Promise<Response>;
}

/** Each method throws a ProblemError where the gateway cannot be reached. */
export function createGatewayClient({ gatewayUrl, gatewayKey }: CrmSettings): GatewayClient {
  const call = async (
    path: string,
    init: RequestInit,
    headers: Record<string, string>,
  ): Promise<Response> => {
    const authorization = `Bearer ${gatewayKey}`;
    try {
      return await fetch(new URL(path, gatewayUrl), { ...init, headers: { ...headers, authorization } });
    } catch (error) {
      if (init.signal?.aborted === true) throw error;
      throw new ProblemError(502, 'gateway-away', 'The signing service does not answer at the moment.');
    }
  };
  return {
    get: (path, signal, headers = {}) => call(path, signal === undefined ? {} : { signal }, { ...headers }),
    post: (path, body) => {
      if (body === undefined) return call(path, { method: 'POST' }, {});
      return call(
        path,
        { method: 'POST', body: JSON.stringify(body) },
        { 'content-type': 'application/json' },
      );
    },
    upload: (path, request) => {
      // A browser that disconnects during an upload cancels it.
      const abort = new AbortController();
      request.once('close', () => {
        if (!request.complete) abort.abort();
      });
      const body = Readable.toWeb(request);
      const init = { method: 'POST', body, duplex: 'half', signal: abort.signal } as const;
      return call(path, init, { 'content-type': request.headers['content-type'] ?? '' });
    },
  };
}
