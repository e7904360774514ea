import type { IncomingMessage } from 'node:http';
import { Webhook, WebhookVerificationError } from 'standardwebhooks';
import { ProblemError, readBody } from './http.js';

/** The fields of a callback that this CRM reads. */
export interface CallbackEvent {
  readonly type: string;
  /** When it happened, ISO 8601. */
  readonly timestamp: string;
  /** Grows by one with each event of a signing. */
  readonly order: number;
  readonly data: { readonly requestId: string };
}

/** The received callbacks, each one once, in the order of their events. Kept in memory: this is an example. */
export interface Callbacks {
  /** @throws ProblemError where the signature is invalid */
  receive(request: IncomingMessage): Promise<void>;
  listEvents(requestId: string): readonly CallbackEvent[];
}

const MAX_EVENTS = 10_000;

export function createCallbacks(secret: string | undefined): Callbacks {
  const verifier = secret === undefined ? undefined : new Webhook(secret);
  // By `webhook-id`: the worker repeats a callback under the same id.
  const events = new Map<string, CallbackEvent>();
  return {
    receive: async (request) => {
      const body = await readBody(request);
      const event = verifyEvent(verifier, body, request);
      events.set(getHeader(request, 'webhook-id'), event);
      const [oldest] = events.keys();
      if (events.size > MAX_EVENTS && oldest !== undefined) events.delete(oldest);
    },
    listEvents: (requestId) =>
      [...events.values()]
        .filter(({ data }) => data.requestId === requestId)
        .sort((one, other) => one.order - other.order),
  };
}

function verifyEvent(verifier: Webhook | undefined, body: string, request: IncomingMessage): CallbackEvent {
  const names = ['webhook-id', 'webhook-timestamp', 'webhook-signature'];
  try {
    const headers = Object.fromEntries(names.map((name) => [name, getHeader(request, name)]));
    if (verifier !== undefined) return verifier.verify(body, headers) as CallbackEvent;
  } catch (error) {
    if (!(error instanceof WebhookVerificationError)) throw error;
  }
  throw new ProblemError(401, 'unauthorized', 'The signature of this callback is invalid.');
}

function getHeader(request: IncomingMessage, name: string): string {
  return String(request.headers[name] ?? '');
}
