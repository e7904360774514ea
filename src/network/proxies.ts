import ipaddr from 'ipaddr.js';
import { canonicalHost, isWithin, parseRange, type Range } from './hosts.js';

/** Where a connection leads; as in `URL`, an empty port is the protocol's own. */
export interface Target {
  readonly protocol: string;
  readonly hostname: string;
  readonly port: string;
}

/** An HTTP proxy. */
export interface Proxy {
  readonly isSecure: boolean;
  readonly hostname: string;
  readonly port: number;
  /** The header that carries user name and password: a secret. */
  readonly authorization: string | undefined;
}

/** Which connections go through which proxy. */
export interface Proxies {
  /** `undefined`: the connection is direct. */
  of(target: Target): Proxy | undefined;
}

/** A variable names no proxy; the message names the variable and repeats nothing of its value. */
export class ProxyAddressError extends Error {
  override readonly name = 'ProxyAddressError';
}

/** What curl takes where an address has no port. */
const DEFAULT_PORT = 1080;

/**
 * Reads `https_proxy`, `http_proxy` and `no_proxy` as curl does, each also in capitals; the one in lower case counts first,
 * and an empty one is none. Unlike curl, `HTTP_PROXY` counts: no header of a web request becomes a variable here.
 * `undefined`: no proxy is set. @throws ProxyAddressError
 */
export function readProxies(env: NodeJS.ProcessEnv): Proxies | undefined {
  const https = readProxy(env, 'https_proxy');
  const http = readProxy(env, 'http_proxy');
  if (https === undefined && http === undefined) return undefined;
  const isExempt = readExemptions(variable(env, 'no_proxy')?.value ?? '');
  return {
    of: (target) => (isExempt(target) ? undefined : target.protocol === 'https:' ? https : http),
  };
}

function variable(env: NodeJS.ProcessEnv, lowerCase: string): { name: string; value: string } | undefined {
  const name = [lowerCase, lowerCase.toUpperCase()].find((one) => (env[one] ?? '') !== '');
  return name === undefined ? undefined : { name, value: env[name] ?? '' };
}

function readProxy(env: NodeJS.ProcessEnv, lowerCase: string): Proxy | undefined {
  const set = variable(env, lowerCase);
  if (set === undefined) return undefined;
  const text = set.value.includes('://') ? set.value : `http://${set.value}`;
  const proxy = URL.canParse(text) ? proxyAt(new URL(text), text) : undefined;
  if (proxy !== undefined) return proxy;
  throw new ProxyAddressError(
    `${set.name} must be the address of an HTTP proxy such as http://proxy.bank.example:3128; ` +
      'other signs than letters and digits in its user name and password are percent-encoded.',
  );
}

function proxyAt(url: URL, text: string): Proxy | undefined {
  const { protocol, hostname, port, username, password, pathname, search, hash } = url;
  const isSecure = protocol === 'https:';
  if ((!isSecure && protocol !== 'http:') || pathname + search + hash !== '/') return undefined;
  // `URL` leaves the protocol's own port out.
  const ownPort = isSecure ? 443 : /:80\/?$/.test(text) ? 80 : DEFAULT_PORT;
  const authorization = authorizationFor(username, password);
  if (authorization === undefined && username + password !== '') return undefined;
  return {
    isSecure,
    hostname: unbracketed(hostname),
    port: port === '' ? ownPort : Number(port),
    authorization,
  };
}

function authorizationFor(username: string, password: string): string | undefined {
  if (username + password === '') return undefined;
  try {
    const both = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
    return `Basic ${Buffer.from(both).toString('base64')}`;
  } catch {
    return undefined;
  }
}

type Exemption = (target: Target) => boolean;

/** Names with all below them, addresses and ranges, each with or without a port; `*` alone is everything. */
function readExemptions(text: string): Exemption {
  if (text.trim() === '*') return () => true;
  const exemptions = text
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .map(readExemption);
  return (target) => exemptions.some((isExempt) => isExempt(target));
}

function readExemption(entry: string): Exemption {
  const range = parseRange(entry);
  const [, name = '', port] = /^(.*?)(?::(\d+))?$/.exec(range === undefined ? entry : '') ?? [];
  const wanted = range === undefined ? port : /(?<=^[^:]+|\]):(\d+)$/.exec(entry)?.[1];
  const isHost = range === undefined ? below(name) : within(range);
  return (target) => isHost(canonicalHost(target.hostname)) && (wanted ?? portOf(target)) === portOf(target);
}

function below(name: string): (host: string) => boolean {
  const written = name.replace(/^\./, '');
  const url = `https://${written}`;
  const host = canonicalHost(URL.canParse(url) ? new URL(url).hostname : written);
  return (other) => host !== '' && (other === host || other.endsWith(`.${host}`));
}

function within(range: Range): (host: string) => boolean {
  return (host) => ipaddr.isValid(host) && isWithin(ipaddr.process(host), range);
}

function portOf({ protocol, port }: Target): string {
  return port === '' ? (protocol === 'https:' ? '443' : '80') : port;
}

function unbracketed(hostname: string): string {
  return hostname.replace(/^\[(.*)\]$/, '$1');
}
