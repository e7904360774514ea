import { spawn } from 'node:child_process';
import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { findPythonWithPackages } from '../../scripts/tools/python.js';
import type { CallbackEvent, CallbackType } from '../../src/domain/callbacks.js';
import { type Certificate, startLocalServer } from './local-server.js';

export const RECEIVER_REQUIREMENTS = 'test/callbacks/receiver/requirements.txt';

/** The result of a receiver in another language: the event, or why it refuses the callback. */
export type VerificationResult = { readonly event: unknown } | { readonly refused: string };

/** Verifies callbacks with the Standard Webhooks library for Python and the secret. */
export async function verifyInPython(
  secret: string,
  received: readonly Pick<ReceivedCallback, 'headers' | 'body'>[],
): Promise<VerificationResult[]> {
  const python = await findPythonWithPackages(RECEIVER_REQUIREMENTS);
  const program = spawn(python, [resolve('test/callbacks/receiver/verify.py')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = received.map(({ headers, body }) => JSON.stringify({ secret, headers, body }));
  program.stdin.end(lines.join('\n'));
  const answers = (await text(program.stdout)).trim().split('\n');
  return answers.map((answer) => JSON.parse(answer) as VerificationResult);
}

/** A callback as it arrived. */
export interface ReceivedCallback {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly event: CallbackEvent;
}

/** A status, or a function that answers. */
export type ReceiverResponse = number | ((response: ServerResponse, received: ReceivedCallback) => void);

/** The receiver of a CRM: a real HTTP server on a free port of 127.0.0.1. */
export interface CallbackReceiver {
  /** `http://localhost:{port}/hooks`, or https. */
  readonly url: string;
  /** The value of `SIGNING_CALLBACK_HOSTS` for it. */
  readonly hosts: readonly string[];
  /** All callbacks in the order of arrival, whatever the answer. */
  readonly received: readonly ReceivedCallback[];
  receivedTypes(): CallbackType[];
  /** Sets the answer; 204 at first. */
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
