import type { LookupFunction } from 'node:net';
import { buildConnector } from 'undici';
import type { ProxyConfig } from './proxy-config.js';
import { openTunnel } from './proxy-tunnel.js';

export interface ConnectorOptions {
  readonly proxies: ProxyConfig | undefined;
  /** Milliseconds until the connection stands, its encryption included. */
  readonly timeoutMs: number;
  /** The lookup of names for direct connections. A proxy looks names up itself. */
  readonly lookup?: LookupFunction | undefined;
  /** Further certificate authorities, PEM; Node's own and NODE_EXTRA_CA_CERTS hold otherwise. */
  readonly ca?: string | undefined;
}

/**
 * Makes connections, through a proxy where one is set for the target. Every target is reached by a tunnel, also over
 * plain http: so a connection either stands or nothing was sent, and TLS is between this program and the target alone.
 */
export function createConnector({
  proxies,
  timeoutMs,
  lookup,
  ca,
}: ConnectorOptions): buildConnector.connector {
  const caOptions = ca === undefined ? {} : { ca };
  const connectDirectly = buildConnector({
    timeout: timeoutMs,
    ...(lookup === undefined ? {} : { lookup }),
    ...caOptions,
  });
  // Half of the time for the tunnel, half for TLS inside it.
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
