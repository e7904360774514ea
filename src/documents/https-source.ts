import { Agent, type Dispatcher } from 'undici';
import { getErrorCode } from '../shared/errors.js';
import { PrivateAddressError, createConnector } from '../shared/http/connector.js';
import { type HostAllowlist, isIpAddress } from '../shared/http/host-allowlist.js';
import type { ProxyConfig } from '../shared/http/proxy-config.js';
import { sendRequest } from '../shared/http/request.js';
import { DocumentUnavailableError } from './errors.js';

export interface HttpsSourceOptions {
  readonly hosts: HostAllowlist;
  /** Without it, every connection is direct. */
  readonly proxies?: ProxyConfig | undefined;
  /** Further certificate authorities, PEM, beside those of Node and NODE_EXTRA_CA_CERTS. */
  readonly ca?: string;
}

export interface HttpsSource {
  /** The bytes of an `https:` document as they arrive. @throws DocumentUnavailableError */
  read(source: string, signal?: AbortSignal): AsyncIterable<Uint8Array>;
  close(): Promise<void>;
}

const MAX_REDIRECTS = 3;
const IDLE_TIMEOUT_MS = 30_000;

/**
 * Fetches documents from listed hosts only, and follows redirects on the same host. It checks the addresses of a name at
 * the moment of connecting, so a name cannot lead into a private network later. If a proxy looks up the name, only the
 * proxy can check that.
 */
export function createHttpsSource({ hosts, proxies, ca }: HttpsSourceOptions): HttpsSource {
  const dispatcher = new Agent({
    connect: createConnector({ proxies, timeoutMs: 10_000, hosts, ca }),
    headersTimeout: IDLE_TIMEOUT_MS,
    bodyTimeout: IDLE_TIMEOUT_MS,
  });
  return {
    read: (source, signal) => fetchBytes(source, hosts, dispatcher, signal),
    close: () => dispatcher.destroy(),
  };
}

async function* fetchBytes(
  source: string,
  hosts: HostAllowlist,
  dispatcher: Dispatcher,
  signal: AbortSignal | undefined,
): AsyncIterable<Uint8Array> {
  try {
    yield* await requestDocument(new URL(source), hosts, dispatcher, signal);
  } catch (error) {
    if (signal?.aborted === true) throw signal.reason;
    throw toUnavailableError(error);
  }
}

async function requestDocument(
  url: URL,
  hosts: HostAllowlist,
  dispatcher: Dispatcher,
  signal: AbortSignal | undefined,
  redirects = 0,
): Promise<AsyncIterable<Uint8Array>> {
  if (!hosts.allowsUrl(url)) {
    throw new DocumentUnavailableError(
      `comes from ${url.host}, which is not on SIGNING_DOCUMENT_HOSTS`,
      false,
    );
  }
  if (isIpAddress(url.hostname) && !hosts.allowsAddress(url.hostname)) throw createPrivateAddressError();
  const response = await sendRequest({ url, method: 'GET', dispatcher, signal });
  const { status } = response;
  if (status === 200) return response.body;
  response.discard();
  const { location } = response.headers;
  if (status >= 300 && status < 400 && location !== undefined) {
    return requestDocument(
      resolveRedirect(url, location, redirects),
      hosts,
      dispatcher,
      signal,
      redirects + 1,
    );
  }
  const isTransient = status >= 500 || status === 429 || status === 408;
  throw new DocumentUnavailableError(`could not be fetched: its host answered ${status}`, isTransient);
}

function resolveRedirect(from: URL, location: string, redirects: number): URL {
  const to = URL.canParse(location, from.href) ? new URL(location, from) : undefined;
  if (to?.host !== from.host || to.protocol !== 'https:') {
    throw new DocumentUnavailableError('could not be fetched: its host redirects to another host', false);
  }
  if (redirects >= MAX_REDIRECTS)
    throw new DocumentUnavailableError('could not be fetched: too many redirects', false);
  return to;
}

function createPrivateAddressError(): DocumentUnavailableError {
  return new DocumentUnavailableError(
    'comes from a private address that is not on SIGNING_DOCUMENT_HOSTS',
    false,
  );
}

function toUnavailableError(error: unknown): DocumentUnavailableError {
  if (error instanceof DocumentUnavailableError) return error;
  if (error instanceof PrivateAddressError) return createPrivateAddressError();
  return new DocumentUnavailableError(`could not be fetched (${getErrorCode(error)})`, true);
}
