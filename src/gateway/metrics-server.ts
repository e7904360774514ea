import { createServer } from 'node:http';
import { closeServer, listenOn } from '../listen.js';
import type { GatewayMetrics } from './metrics.js';

/** Source: the exposition formats of Prometheus. */
const TEXT = 'text/plain; version=0.0.4; charset=utf-8';

/**
 * Answers `GET /metrics` on an address of its own, which callers of the gateway cannot reach. Without an address nothing
 * is listened on. @throws ConfigError where the address cannot be listened on
 */
export async function serveMetrics(
  address: string | undefined,
  { read }: Pick<GatewayMetrics, 'read'>,
): Promise<{ readonly close: () => Promise<void> }> {
  if (address === undefined) return { close: () => Promise.resolve() };
  const server = createServer((request, response) => {
    if (request.url !== '/metrics') {
      response.writeHead(404).end();
      return;
    }
    read().then(
      (text) => response.writeHead(200, { 'content-type': TEXT }).end(text),
      () => response.writeHead(500).end(),
    );
  });
  await listenOn(server, address, 'SIGNING_METRICS_ADDRESS');
  return { close: () => closeServer(server) };
}
