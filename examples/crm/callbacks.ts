import type { IncomingMessage } from 'node:http';
import { Webhook, WebhookVerificationError } from 'standardwebhooks';
import { readBody, ProblemError } from './http.js';

/** A callback of the worker, as far as this CRM reads it. */
export interface CallbackEvent {
  readonly type: string;
  /** When it happened, ISO 8601. */
  readonly timestamp: string;
  /** Grows by one with each event of a session. */
  readonly order: number;
  readonly data: { readonly requestId: string };
}

/** What the worker has told, each thing once, in the order in which it happened. Kept in memory: this is an example. */
export interface Callbacks {
  /** @throws Refusal where the signature does not hold */
  receive(request: IncomingMessage): Promise<void>;
  listEvents(requestId: string): readonly CallbackEvent[];
}

const MAX_EVENTS = 10_000;

export function createCallbacks(secret: string | undefined): Callbacks {
  const verifier = secret === undefined ? undefined : new Webhook(secret);
  // By `webhook-id`, which stays the same when the worker repeats a callback whose answer it has not seen.
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
  throw new ProblemError(401, 'unauthorized', 'The signature of this callback does not hold.');
}

function getHeader(request: IncomingMessage, name: string): string {
  return String(request.headers[name] ?? '');
}
