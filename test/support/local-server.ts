import { type RequestListener, type Server, createServer as createHttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { generate } from 'selfsigned';

export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

/** A server on a free port of 127.0.0.1, which clients reach as `localhost`. */
export interface LocalServer {
  readonly url: string;
  readonly port: number;
  /** How many connections have been opened so far. */
  connections(): number;
  close(): Promise<void>;
}

/** Creates a self-signed certificate for `localhost` and 127.0.0.1. */
export async function createLocalCertificate(): Promise<Certificate> {
  const altNames = [
    { type: 2, value: 'localhost' },
    { type: 7, ip: '127.0.0.1' },
  ] as const;
  const { private: key, cert } = await generate([{ name: 'commonName', value: 'localhost' }], {
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true },
      { name: 'subjectAltName', altNames: [...altNames] },
    ],
  });
  return { key, cert };
}

/** Starts a server: over TLS if a certificate is given, else plain HTTP. */
export async function startLocalServer(
  handler: RequestListener,
  certificate?: Certificate,
): Promise<LocalServer> {
  const server =
    certificate === undefined ? createHttpServer(handler) : createHttpsServer({ ...certificate }, handler);
  let connections = 0;
  server.on('connection', () => (connections += 1));
  const port = await listen(server);
  return {
    url: `${certificate === undefined ? 'http' : 'https'}://localhost:${port}`,
    port,
    connections: () => connections,
    close: () => close(server),
  };
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

async function close(server: Server): Promise<void> {
  await new Promise<void>((resolve) => {
    server.close(() => {
      resolve();
    });
    server.closeAllConnections();
  });
}
