import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import type { CallbackEvent, CallbackType } from '../../src/domain/callback-event.js';
import { startLocalServer, type Certificate } from './local-server.js';

/** A callback as it arrived. */
export interface ReceivedCallback {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly event: CallbackEvent;
}

/** A status to answer with, or whatever the function does with the connection. */
export type ReceiverResponse = number | ((response: ServerResponse, received: ReceivedCallback) => void);

/** The receiver of a CRM: a real HTTP server on a free port of 127.0.0.1. */
export interface CallbackReceiver {
  /** `http://localhost:{port}/hooks`, or https. */
  readonly url: string;
  /** What `SIGNING_CALLBACK_HOSTS` has to hold. */
  readonly hosts: readonly string[];
  /** Everything in the order of arrival, however it was answered. */
  readonly received: readonly ReceivedCallback[];
  receivedTypes(): CallbackType[];
  /** What it answers from now on; 204 at first. */
  respondWith(how: ReceiverResponse): void;
  readonly connections: () => number;
  readonly close: () => Promise<void>;
}

export async function startCallbackReceiver(certificate?: Certificate): Promise<CallbackReceiver> {
  const received: ReceivedCallback[] = [];
  let currentResponse: ReceiverResponse = 204;
  const server = await startLocalServer((request, response) => {
    void text(request).then((body) => {
      const one = {
        path: request.url ?? '',
        headers: request.headers,
        body,
        event: JSON.parse(body) as CallbackEvent,
      };
      received.push(one);
      if (typeof currentResponse === 'number') response.writeHead(currentResponse).end();
      else currentResponse(response, one);
    });
  }, certificate);
  return {
    url: `${server.url}/hooks`,
    hosts: [`localhost:${server.port}`, '127.0.0.1'],
    received,
    receivedTypes: () => received.map(({ event }) => event.type),
    respondWith: (how) => {
      currentResponse = how;
    },
    connections: () => server.connections(),
    close: () => server.close(),
  };
}
