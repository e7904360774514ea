import { Webhook } from 'standardwebhooks';
import { Agent, request, type Dispatcher } from 'undici';
import type { CallbackEvent } from '../domain/callback-event.js';
import { createConnector } from '../network/connector.js';
import { codeOf } from '../network/error-code.js';
import { guardedLookup, PrivateAddressError } from '../network/guarded-lookup.js';
import type { Hosts } from '../network/hosts.js';
import type { Proxies } from '../network/proxies.js';
import { retryAfterMs } from '../network/retry-after.js';
import { PRIVATE_ADDRESS, refuseCallbackUrl } from './address-rules.js';
import { CallbackError } from './callback-error.js';

export interface CallbackSenderOptions {
  /** As `parseCallbackSecrets` reads them; each signs. Without any, nothing is sent. */
  readonly secrets: readonly string[];
  readonly hosts: Hosts;
  /** Absent: every connection is direct. */
  readonly proxies?: Proxies | undefined;
  /** Milliseconds for one callback, from the name lookup to the answer. */
  readonly timeoutMs?: number;
  /** Further certificate authorities, PEM; Node's own and NODE_EXTRA_CA_CERTS hold otherwise. */
  readonly ca?: string;
}

export interface CallbackSender {
  /**
   * Sends an event once, signed after Standard Webhooks; resolves when the CRM has answered 2xx.
   * @throws CallbackError, or the signal's reason
   */
  send(url: string, id: string, event: CallbackEvent, signal?: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

/** What of an answer is read, for the sake of the connection's end: nobody looks at it. */
const MOST_ANSWER_BYTES = 4 * 1024;

/** Sends callbacks to listed hosts only. No redirect is followed. */
export function createCallbackSender(options: CallbackSenderOptions): CallbackSender {
  const { hosts, proxies, ca, timeoutMs = 10_000 } = options;
  const signers = options.secrets.map((secret) => new Webhook(secret));
  const dispatcher = new Agent({
    connect: createConnector({ proxies, timeoutMs, lookup: guardedLookup(hosts), ca }),
    // A connection for each: they are rare, and one that the CRM closes while it idles would cost an attempt.
    pipelining: 0,
  });
  return {
    send: async (url, id, event, signal) => {
      if (signers.length === 0)
        throw new CallbackError('SIGNING_CALLBACK_SECRET is not set, so nothing is sent');
      const objection = refuseCallbackUrl(url, hosts);
      if (objection !== undefined) throw new CallbackError(`the callback's address ${objection}`);
      const body = JSON.stringify(event);
      const headers = signed(signers, id, body);
      const answer = await post(url, { dispatcher, headers, body }, timeoutMs, signal);
      if (answer.status < 200 || answer.status > 299) throw refusal(answer);
    },
    close: () => dispatcher.destroy(),
  };
}

function signed(signers: readonly Webhook[], id: string, body: string): Record<string, string> {
  const now = new Date();
  return {
    'accept-encoding': 'identity',
    'content-type': 'application/json',
    'user-agent': 'flexperto-signing-worker',
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
    'webhook-signature': signers.map((signer) => signer.sign(id, now, body)).join(' '),
  };
}

interface Answer {
  readonly status: number;
  readonly retryAfterMs: number | undefined;
}

interface Post {
  readonly dispatcher: Dispatcher;
  readonly headers: Record<string, string>;
  readonly body: string;
}

async function post(
  url: string,
  message: Post,
  timeoutMs: number,
  signal: AbortSignal | undefined,
): Promise<Answer> {
  const timeout = AbortSignal.timeout(timeoutMs);
  const either = signal === undefined ? timeout : AbortSignal.any([signal, timeout]);
  try {
    const { statusCode, headers, body } = await request(url, { ...message, method: 'POST', signal: either });
    // The status has come and decides, whatever becomes of the rest.
    await body.dump({ limit: MOST_ANSWER_BYTES, signal: either }).catch(() => undefined);
    return { status: statusCode, retryAfterMs: retryAfterMs(headers['retry-after'], Date.now()) };
  } catch (error) {
    if (signal?.aborted === true) throw signal.reason;
    if (timeout.aborted) throw new CallbackError(`the CRM did not answer within ${timeoutMs / 1000} s`);
    if (error instanceof PrivateAddressError)
      throw new CallbackError(`the callback's address ${PRIVATE_ADDRESS}`);
    throw new CallbackError(`the CRM could not be reached (${codeOf(error)})`);
  }
}

function refusal({ status, retryAfterMs: wish }: Answer): CallbackError {
  if (status === 410)
    return new CallbackError('the CRM answered 410, so it is sent nothing more', { gone: true });
  if (status >= 300 && status < 400)
    return new CallbackError(`the CRM answered ${status}, and no redirect is followed`);
  return new CallbackError(`the CRM answered ${status}`, { retryAfterMs: wish });
}
