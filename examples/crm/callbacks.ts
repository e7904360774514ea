import type { IncomingMessage } from 'node:http';
import { Webhook, WebhookVerificationError } from 'standardwebhooks';
import { readBody, Refusal } from './answers.js';

/** A callback of the worker, as far as this CRM reads it. */
export interface ToldEvent {
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
  of(requestId: string): readonly ToldEvent[];
}

const MOST_KEPT = 10_000;

export function createCallbacks(secret: string | undefined): Callbacks {
  const verifier = secret === undefined ? undefined : new Webhook(secret);
  // By `webhook-id`, which stays the same when the worker repeats a callback whose answer it has not seen.
  const told = new Map<string, ToldEvent>();
  return {
    receive: async (request) => {
      const body = await readBody(request);
      const event = verified(verifier, body, request);
      told.set(header(request, 'webhook-id'), event);
      const [oldest] = told.keys();
      if (told.size > MOST_KEPT && oldest !== undefined) told.delete(oldest);
    },
    of: (requestId) =>
      [...told.values()]
        .filter(({ data }) => data.requestId === requestId)
        .sort((one, other) => one.order - other.order),
  };
}

function verified(verifier: Webhook | undefined, body: string, request: IncomingMessage): ToldEvent {
  const names = ['webhook-id', 'webhook-timestamp', 'webhook-signature'];
  try {
    const headers = Object.fromEntries(names.map((name) => [name, header(request, name)]));
    if (verifier !== undefined) return verifier.verify(body, headers) as ToldEvent;
  } catch (error) {
    if (!(error instanceof WebhookVerificationError)) throw error;
  }
  throw new Refusal(401, 'unauthorized', 'The signature of this callback does not hold.');
}

function header(request: IncomingMessage, name: string): string {
  return String(request.headers[name] ?? '');
}
