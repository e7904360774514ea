import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { Refusal } from './answers.js';
import type { CrmSettings } from './settings.js';

/** The signing gateway as this CRM's backend uses it: with the key, and from here alone. */
export interface Gateway {
  get(path: string, signal?: AbortSignal, headers?: Readonly<Record<string, string>>): Promise<Response>;
  post(path: string, body?: unknown): Promise<Response>;
  /** Passes an upload on as it arrives: no file is ever held here. */
  upload(path: string, from: IncomingMessage): Promise<Response>;
}

/** @throws Refusal by each method, where the gateway cannot be reached */
export function createGateway({ gatewayUrl, gatewayKey }: CrmSettings): Gateway {
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
      throw new Refusal(502, 'gateway-away', 'The signing service does not answer at the moment.');
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
    upload: (path, from) => {
      // Whoever goes away in the middle of an upload takes it back.
      const gone = new AbortController();
      from.once('close', () => {
        if (!from.complete) gone.abort();
      });
      const body = Readable.toWeb(from);
      const init = { method: 'POST', body, duplex: 'half', signal: gone.signal } as const;
      return call(path, init, { 'content-type': from.headers['content-type'] ?? '' });
    },
  };
}
