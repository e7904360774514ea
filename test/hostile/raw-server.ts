import { type AddressInfo, type Socket, createServer } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import type { Certificate } from '../support/local-server.js';

/** Handles a raw connection after the first bytes of a request have arrived. */
export type Script = (socket: Socket) => void;

/** A server that follows only its script, over TLS where it has a certificate. */
export interface RawServer {
  readonly port: number;
  /** This script handles every connection from now on. */
  play(script: Script): void;
  close(): Promise<void>;
}

export async function startRawServer(certificate?: Certificate): Promise<RawServer> {
  const sockets = new Set<Socket>();
  let script: Script = (socket) => socket.destroy();
  const accept = (socket: Socket): void => {
    sockets.add(socket);
    // The client may disconnect at any moment.
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    socket.once('data', () => {
      script(socket);
      socket.resume();
    });
  };
  const server = certificate === undefined ? createServer(accept) : createTlsServer(certificate, accept);
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    play: (next) => {
      script = next;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        for (const socket of sockets) socket.destroy();
      }),
  };
}
