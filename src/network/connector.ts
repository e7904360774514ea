import type { LookupFunction } from 'node:net';
import { buildConnector } from 'undici';
import type { Proxies } from './proxies.js';
import { openTunnel } from './tunnel.js';

export interface ConnectorOptions {
  readonly proxies: Proxies | undefined;
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
  const authorities = ca === undefined ? {} : { ca };
  const direct = buildConnector({
    timeout: timeoutMs,
    ...(lookup === undefined ? {} : { lookup }),
    ...authorities,
  });
  // Half of the time for the tunnel, half for TLS inside it.
  const each = timeoutMs / 2;
  const encrypt = buildConnector({ timeout: each, ...authorities });
  return (options, callback) => {
    const { protocol, hostname } = options;
    const port = options.port === '' ? (protocol === 'https:' ? '443' : '80') : options.port;
    const target = { protocol, hostname, port };
    const proxy = proxies?.of(target);
    if (proxy === undefined) {
      direct(options, callback);
      return;
    }
    openTunnel(proxy, target, { timeoutMs: each, ca }).then(
      (socket) => {
        if (protocol === 'https:') encrypt({ ...options, httpSocket: socket }, callback);
        else callback(null, socket);
      },
      (error: unknown) => {
        callback(error instanceof Error ? error : new Error(String(error)), null);
      },
    );
  };
}
