import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import type { CallbackEvent, CallbackType } from '../../src/domain/callback-event.js';
import { serve, type Certificate } from './local-server.js';

/** A callback as it arrived. */
export interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly event: CallbackEvent;
}

/** A status to answer with, or whatever the function does with the connection. */
export type CrmAnswer = number | ((response: ServerResponse, received: Received) => void);

/** The receiver of a CRM: a real HTTP server on a free port of 127.0.0.1. */
export interface Crm {
  /** `http://localhost:{port}/hooks`, or https. */
  readonly url: string;
  /** What `SIGNING_CALLBACK_HOSTS` has to hold. */
  readonly hosts: readonly string[];
  /** Everything in the order of arrival, however it was answered. */
  readonly received: readonly Received[];
  types(): CallbackType[];
  /** What it answers from now on; 204 at first. */
  answer(how: CrmAnswer): void;
  readonly connections: () => number;
  readonly close: () => Promise<void>;
}

export async function startCrm(certificate?: Certificate): Promise<Crm> {
  const received: Received[] = [];
  let answer: CrmAnswer = 204;
  const server = await serve((request, response) => {
    void text(request).then((body) => {
      const one = {
        path: request.url ?? '',
        headers: request.headers,
        body,
        event: JSON.parse(body) as CallbackEvent,
      };
      received.push(one);
      if (typeof answer === 'number') response.writeHead(answer).end();
      else answer(response, one);
    });
  }, certificate);
  return {
    url: `${server.url}/hooks`,
    hosts: [`localhost:${server.port}`, '127.0.0.1'],
    received,
    types: () => received.map(({ event }) => event.type),
    answer: (how) => {
      answer = how;
    },
    connections: () => server.connections(),
    close: () => server.close(),
  };
}
