import ipaddr from 'ipaddr.js';
import { type IpRange, isInRange, normalizeHost, parseIpRange } from './host-allowlist.js';

/** The target of a connection; as in `URL`, an empty port means the protocol's default. */
export interface ConnectionTarget {
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

/** Assigns connections to proxies. */
export interface ProxyConfig {
  /** `undefined` for a direct connection. */
  proxyFor(target: ConnectionTarget): Proxy | undefined;
}

/** A variable is not the address of a proxy. The message names the variable and repeats nothing of its value. */
export class ProxyAddressError extends Error {
  override readonly name = 'ProxyAddressError';
}

/** curl's default for an address without a port. */
const DEFAULT_PORT = 1080;

/**
 * Reads `https_proxy`, `http_proxy` and `no_proxy` as curl does, each also in capitals. Lower case comes first, and an
 * empty variable counts as not set. Unlike curl, it reads `HTTP_PROXY`: no header of a web request becomes a variable here.
 * Returns `undefined` if no proxy is set. @throws ProxyAddressError
 */
export function readProxyConfig(env: NodeJS.ProcessEnv): ProxyConfig | undefined {
  const https = readProxy(env, 'https_proxy');
  const http = readProxy(env, 'http_proxy');
  if (https === undefined && http === undefined) return undefined;
  const isExempt = readExemptions(findVariable(env, 'no_proxy')?.value ?? '');
  return {
    proxyFor: (target) => (isExempt(target) ? undefined : target.protocol === 'https:' ? https : http),
  };
}

function findVariable(
  env: NodeJS.ProcessEnv,
  lowerCase: string,
): { name: string; value: string } | undefined {
  const name = [lowerCase, lowerCase.toUpperCase()].find((one) => (env[one] ?? '') !== '');
  return name === undefined ? undefined : { name, value: env[name] ?? '' };
}

function readProxy(env: NodeJS.ProcessEnv, lowerCase: string): Proxy | undefined {
  const found = findVariable(env, lowerCase);
  if (found === undefined) return undefined;
  const text = found.value.includes('://') ? found.value : `http://${found.value}`;
  const proxy = URL.canParse(text) ? parseProxy(new URL(text), text) : undefined;
  if (proxy !== undefined) return proxy;
  throw new ProxyAddressError(
    `${found.name} must be the address of an HTTP proxy such as http://proxy.bank.example:3128; ` +
      'other characters than letters and digits in its user name and password are percent-encoded.',
  );
}

function parseProxy(url: URL, text: string): Proxy | undefined {
  const { protocol, hostname, port, username, password, pathname, search, hash } = url;
  const isSecure = protocol === 'https:';
  if ((!isSecure && protocol !== 'http:') || pathname + search + hash !== '/') return undefined;
  // `URL` drops the protocol's default port.
  const ownPort = isSecure ? 443 : /:80\/?$/.test(text) ? 80 : DEFAULT_PORT;
  const authorization = createAuthorization(username, password);
  if (authorization === undefined && username + password !== '') return undefined;
  return {
    isSecure,
    hostname: stripBrackets(hostname),
    port: port === '' ? ownPort : Number(port),
    authorization,
  };
}

function createAuthorization(username: string, password: string): string | undefined {
  if (username + password === '') return undefined;
  try {
    const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
    return `Basic ${Buffer.from(credentials).toString('base64')}`;
  } catch {
    return undefined;
  }
}

type Exemption = (target: ConnectionTarget) => boolean;

/** Domains with their subdomains, addresses and ranges, each with or without a port; `*` alone means everything. */
function readExemptions(text: string): Exemption {
  if (text.trim() === '*') return () => true;
  const exemptions = text
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .map(readExemption);
  return (target) => exemptions.some((isExempt) => isExempt(target));
}

function readExemption(entry: string): Exemption {
  const range = parseIpRange(entry);
  const [, name = '', port] = /^(.*?)(?::(\d+))?$/.exec(range === undefined ? entry : '') ?? [];
  const exemptPort = range === undefined ? port : /(?<=^[^:]+|\]):(\d+)$/.exec(entry)?.[1];
  const matchesHost = range === undefined ? createDomainMatcher(name) : createRangeMatcher(range);
  return (target) =>
    matchesHost(normalizeHost(target.hostname)) && (exemptPort ?? getPort(target)) === getPort(target);
}

function createDomainMatcher(name: string): (host: string) => boolean {
  const domain = name.replace(/^\./, '');
  const url = `https://${domain}`;
  const host = normalizeHost(URL.canParse(url) ? new URL(url).hostname : domain);
  return (other) => host !== '' && (other === host || other.endsWith(`.${host}`));
}

function createRangeMatcher(range: IpRange): (host: string) => boolean {
  return (host) => ipaddr.isValid(host) && isInRange(ipaddr.process(host), range);
}

function getPort({ protocol, port }: ConnectionTarget): string {
  return port === '' ? (protocol === 'https:' ? '443' : '80') : port;
}

function stripBrackets(hostname: string): string {
  return hostname.replace(/^\[(.*)\]$/, '$1');
}
