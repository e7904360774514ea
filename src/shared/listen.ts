import { once } from 'node:events';
import type { Server } from 'node:http';
import { ConfigError } from './config.js';

/** Listens on `host:port`, IPv6 in brackets. @throws ConfigError with the name of the variable where that fails */
export async function listenOn(server: Server, address: string, variableName: string): Promise<void> {
  const colon = address.lastIndexOf(':');
  const host = address.slice(0, colon).replace(/^\[(.*)\]$/, '$1');
  server.listen(Number(address.slice(colon + 1)), host);
  await once(server, 'listening').catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigError(`${variableName} cannot be listened on: ${reason}`);
  });
}

/** Ends it at once, with all connections. */
export async function closeServer(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}
