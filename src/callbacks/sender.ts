import { Webhook } from 'standardwebhooks';
import { Agent } from 'undici';
import type { CallbackEvent } from '../domain/callbacks.js';
import { callbackUrl } from '../domain/text-rules.js';
import { getErrorCode } from '../shared/errors.js';
import { PrivateAddressError, createConnector } from '../shared/http/connector.js';
import { type HostAllowlist, isIpAddress } from '../shared/http/host-allowlist.js';
import type { ProxyConfig } from '../shared/http/proxy-config.js';
import { type HttpRequest, TimeLimitError, sendRequest } from '../shared/http/request.js';
import { parseRetryAfter } from '../shared/http/response-body.js';

/**
 * Why callbacks to this address are not sent: a sentence without a subject that repeats nothing of the address; `undefined`
 * if they are sent. It looks up no name, because the connection checks the addresses of a name.
 */
export function findCallbackUrlProblem(url: string, allowlist: HostAllowlist): string | undefined {
  if (!callbackUrl.test(url)) return `must be ${callbackUrl.requirement}`;
  const { hostname } = new URL(url);
  if (!allowlist.allowsUrl(new URL(url))) return 'must have a host that is on SIGNING_CALLBACK_HOSTS';
  if (isIpAddress(hostname) && !allowlist.allowsAddress(hostname)) return PRIVATE_ADDRESS_PROBLEM;
  return undefined;
}

const PRIVATE_ADDRESS_PROBLEM = 'must not lead to a private address that is not on SIGNING_CALLBACK_HOSTS';

/**
 * The CRM did not accept a callback. The message is one sentence that is safe to show: it holds nothing of the address,
 * whose query may be a secret, and only the status of the answer.
 */
export class CallbackError extends Error {
  override readonly name = 'CallbackError';
  /** Milliseconds until the CRM accepts another attempt, if it says so. */
  readonly retryAfterMs: number | undefined;
  /** The CRM wants no further callbacks of this signing. */
  readonly gone: boolean;

  constructor(
    message: string,
    {
      retryAfterMs,
      gone = false,
    }: { readonly retryAfterMs?: number | undefined; readonly gone?: boolean } = {},
  ) {
    super(message);
    this.retryAfterMs = retryAfterMs;
    this.gone = gone;
  }
}

export interface CallbackSenderOptions {
  /** From `parseCallbackSecrets`; each signs. Without a secret, nothing is sent. */
  readonly secrets: readonly string[];
  readonly hosts: HostAllowlist;
  /** Without it, every connection is direct. */
  readonly proxies?: ProxyConfig | undefined;
  /** Milliseconds for one callback, from the name lookup to the answer. Default: 10,000. */
  readonly timeoutMs?: number;
  /** Further certificate authorities, PEM, beside those of Node and NODE_EXTRA_CA_CERTS. */
  readonly ca?: string;
}

export interface CallbackSender {
  /**
   * Sends an event once, signed by Standard Webhooks. Resolves when the CRM has answered 2xx.
   * @throws CallbackError, or the signal's reason
   */
  send(url: string, id: string, event: CallbackEvent, signal?: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

/** The body is read so that the connection ends well; its content is ignored. */
const MAX_RESPONSE_BYTES = 4 * 1024;

/** Sends callbacks to listed hosts only. No redirect is followed. */
export function createCallbackSender(options: CallbackSenderOptions): CallbackSender {
  const { hosts, proxies, ca, timeoutMs = 10_000 } = options;
  const signers = options.secrets.map((secret) => new Webhook(secret));
  const dispatcher = new Agent({
    connect: createConnector({ proxies, timeoutMs, hosts, ca }),
    // Callbacks are rare, and a kept connection that the CRM closes would cost an attempt.
    pipelining: 0,
  });
  return {
    send: async (url, id, event, signal) => {
      if (signers.length === 0)
        throw new CallbackError('SIGNING_CALLBACK_SECRET is not set, so nothing is sent');
      const problem = findCallbackUrlProblem(url, hosts);
      if (problem !== undefined) throw new CallbackError(`the callback's address ${problem}`);
      const body = JSON.stringify(event);
      const headers = createHeaders(signers, id, body);
      const response = await postCallback({
        url,
        method: 'POST',
        dispatcher,
        headers,
        body,
        timeoutMs,
        signal,
      });
      if (response.status < 200 || response.status > 299) throw toCallbackError(response);
    },
    close: () => dispatcher.destroy(),
  };
}

function createHeaders(signers: readonly Webhook[], id: string, body: string): Record<string, string> {
  const now = new Date();
  return {
    'content-type': 'application/json',
    'user-agent': 'flexperto-signing-worker',
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
    'webhook-signature': signers.map((signer) => signer.sign(id, now, body)).join(' '),
  };
}

interface CallbackResponse {
  readonly status: number;
  readonly retryAfterMs: number | undefined;
}

async function postCallback(callback: HttpRequest & { timeoutMs: number }): Promise<CallbackResponse> {
  try {
    const response = await sendRequest(callback);
    // The status has arrived and decides, even if this callback is aborted now.
    await response.readText(MAX_RESPONSE_BYTES).catch(() => undefined);
    const retryAfterMs = parseRetryAfter(response.headers['retry-after'], Date.now());
    return { status: response.status, retryAfterMs };
  } catch (error) {
    callback.signal?.throwIfAborted();
    if (error instanceof TimeLimitError)
      throw new CallbackError(`the CRM did not answer within ${callback.timeoutMs / 1000} s`);
    if (error instanceof PrivateAddressError)
      throw new CallbackError(`the callback's address ${PRIVATE_ADDRESS_PROBLEM}`);
    throw new CallbackError(`the CRM could not be reached (${getErrorCode(error)})`);
  }
}

function toCallbackError({ status, retryAfterMs: waitMs }: CallbackResponse): CallbackError {
  if (status === 410)
    return new CallbackError('the CRM answered 410, so it gets no more callbacks', { gone: true });
  if (status >= 300 && status < 400)
    return new CallbackError(`the CRM answered ${status}, and redirects are not followed`);
  return new CallbackError(`the CRM answered ${status}`, { retryAfterMs: waitMs });
}
