import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { ProblemError } from './http.js';
import type { CrmSettings } from './settings.js';

/** The signing gateway as this CRM's backend uses it: with the key, and from here alone. */
export interface GatewayClient {
  get(path: string, signal?: AbortSignal, headers?: Readonly<Record<string, string>>): Promise<Response>;
  post(path: string, body?: unknown): Promise<Response>;
  /** Passes an upload on as it arrives: no file is ever held here. */
  upload(path: string, from: IncomingMessage): Promise<Response>;
}

/** @throws Refusal by each method, where the gateway cannot be reached */
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
      // Whoever goes away in the middle of an upload takes it back.
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
