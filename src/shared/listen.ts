import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { createServer } from 'node:http';
import { ConfigError, getErrorMessage } from './errors.js';

/** Splits `host:port`; an IPv6 address loses its brackets. */
export function parseHostAndPort(address: string): { host: string; port: number } {
  const colon = address.lastIndexOf(':');
  const host = address.slice(0, colon).replace(/^\[(.*)\]$/, '$1');
  return { host, port: Number(address.slice(colon + 1)) };
}

/**
 * Serves health or metrics on `host:port` of a variable, apart from the program's callers. Without an address it does
 * nothing. Returns what closes the server and all its connections. @throws ConfigError if it cannot listen there
 */
export async function serveOn(
  variableName: string,
  address: string | undefined,
  handleRequest: RequestListener,
): Promise<() => Promise<void>> {
  if (address === undefined) return () => Promise.resolve();
  const server = createServer(handleRequest);
  const { host, port } = parseHostAndPort(address);
  server.listen(port, host);
  await once(server, 'listening').catch((error: unknown) => {
    throw new ConfigError(`${variableName} cannot be listened on: ${getErrorMessage(error)}`);
  });
  return async () => {
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  };
}
