import { type IncomingMessage, type Server, createServer as createPlainServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, type Socket, connect } from 'node:net';
import type { Certificate } from './local-server.js';

/** What a proxy does with a CONNECT: connects, refuses, never answers, or closes the connection. */
export type ProxyBehavior =
  | 'tunnel'
  | 'silence'
  | 'hang-up'
  /** Answers 200 and closes the connection. */
  | 'hang-up-inside'
  | { readonly status: number };

export interface ProxyOptions {
  readonly behavior?: ProxyBehavior;
  /** `user:password`; a caller without them gets 407. */
  readonly credentials?: string;
  /** Makes it a proxy over TLS. */
  readonly certificate?: Certificate;
}

/** A real HTTP proxy on 127.0.0.1. It resolves every name to 127.0.0.1. */
export interface TestProxy {
  /** Without user name and password. */
  readonly url: string;
  readonly port: number;
  /** The targets of all CONNECTs in order, refused ones included. */
  readonly connectTargets: string[];
  /** All other requests. */
  readonly otherRequests: string[];
  close(): Promise<void>;
}

export async function startHttpProxy(options: ProxyOptions = {}): Promise<TestProxy> {
  const { certificate } = options;
  const connectTargets: string[] = [];
  const otherRequests: string[] = [];
  const openSockets = new Set<Socket>();
  const server: Server =
    certificate === undefined ? createPlainServer() : createTlsServer({ ...certificate });
  server.on('connection', (socket: Socket) => {
    openSockets.add(socket.on('error', () => undefined).on('close', () => openSockets.delete(socket)));
  });
  server.on('request', (request, response) => {
    otherRequests.push(`${request.method ?? ''} ${request.url ?? ''}`);
    response.writeHead(501).end();
  });
  server.on('connect', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    connectTargets.push(request.url ?? '');
    socket.on('error', () => undefined);
    handleConnect(request, socket, head, options, openSockets);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `${certificate === undefined ? 'http' : 'https'}://localhost:${port}`,
    port,
    connectTargets,
    otherRequests,
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of openSockets) socket.destroy();
      await closed;
    },
  };
}

function handleConnect(
  { url = '', headers }: IncomingMessage,
  socket: Socket,
  head: Buffer,
  { behavior = 'tunnel', credentials }: ProxyOptions,
  open: Set<Socket>,
): void {
  const expected =
    credentials === undefined ? undefined : `Basic ${Buffer.from(credentials).toString('base64')}`;
  if (headers['proxy-authorization'] !== expected) refuse(socket, 407);
  else if (typeof behavior === 'object') refuse(socket, behavior.status);
  else if (behavior === 'hang-up') socket.destroy();
  else if (behavior === 'hang-up-inside') socket.end('HTTP/1.1 200 OK\r\n\r\n');
  else if (behavior === 'tunnel') tunnel(Number(url.slice(url.lastIndexOf(':') + 1)), socket, head, open);
}

/** Answers with a page, as proxies of companies do. */
function refuse(socket: Socket, status: number): void {
  const page = '<html>Blocked by the proxy of the bank</html>';
  socket.end(`HTTP/1.1 ${status} No\r\nContent-Length: ${page.length}\r\n\r\n${page}`);
}

function tunnel(port: number, socket: Socket, head: Buffer, open: Set<Socket>): void {
  const target = connect(port, '127.0.0.1', () => {
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
    target.write(head);
    socket.pipe(target).pipe(socket);
  });
  open.add(target);
  target.on('error', () => socket.destroy()).on('close', () => open.delete(target));
  socket.on('close', () => target.destroy());
}
