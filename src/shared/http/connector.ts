import { lookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { buildConnector } from 'undici';
import type { HostAllowlist } from './host-allowlist.js';
import type { ProxyConfig } from './proxy-config.js';
import { openTunnel } from './proxy-tunnel.js';

export interface ConnectorOptions {
  readonly proxies: ProxyConfig | undefined;
  /** Milliseconds for the connection, including its encryption. */
  readonly timeoutMs: number;
  /** A direct connection goes only to addresses that this list allows. A proxy looks names up itself. */
  readonly hosts?: HostAllowlist | undefined;
  /** Further certificate authorities, PEM, beside those of Node and NODE_EXTRA_CA_CERTS. */
  readonly ca?: string | undefined;
}

/**
 * Makes connections, through a proxy if one is set for the target. A proxy gets a tunnel for every target, also over plain
 * http: so a failed connection has sent nothing, and TLS runs between this program and the target.
 */
export function createConnector({
  proxies,
  timeoutMs,
  hosts,
  ca,
}: ConnectorOptions): buildConnector.connector {
  const caOptions = ca === undefined ? {} : { ca };
  const connectDirectly = buildConnector({
    timeout: timeoutMs,
    ...(hosts === undefined ? {} : { lookup: createSsrfSafeLookup(hosts) }),
    ...caOptions,
  });
  // One half of the time for the tunnel, the other for TLS inside it.
  const halfTimeoutMs = timeoutMs / 2;
  const connectTls = buildConnector({ timeout: halfTimeoutMs, ...caOptions });
  return (options, callback) => {
    const { protocol, hostname } = options;
    const port = options.port === '' ? (protocol === 'https:' ? '443' : '80') : options.port;
    const target = { protocol, hostname, port };
    const proxy = proxies?.proxyFor(target);
    if (proxy === undefined) {
      connectDirectly(options, callback);
      return;
    }
    openTunnel(proxy, target, { timeoutMs: halfTimeoutMs, ca }).then(
      (socket) => {
        if (protocol === 'https:') connectTls({ ...options, httpSocket: socket }, callback);
        else callback(null, socket);
      },
      (error: unknown) => {
        callback(error instanceof Error ? error : new Error(String(error)), null);
      },
    );
  };
}

/** A name leads only to private addresses that are not listed; nothing was connected to. */
export class PrivateAddressError extends Error {
  override readonly name = 'PrivateAddressError';
}

/**
 * A name lookup that yields only allowed addresses, whatever the name server says. It runs at the moment of connecting, so
 * a name cannot lead into a private network later. It does not see addresses without a name: check those with
 * `isIpAddress` before. Fails with `PrivateAddressError`.
 */
function createSsrfSafeLookup(hosts: HostAllowlist): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) {
        callback(error, '', 0);
        return;
      }
      const allowed = addresses.filter(({ address }) => hosts.allowsAddress(address));
      const [first] = allowed;
      if (first === undefined) callback(new PrivateAddressError('a private address'), '', 0);
      else if (options.all === true) callback(null, allowed);
      else callback(null, first.address, first.family);
    });
  };
}
