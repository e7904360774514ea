import { once } from 'node:events';
import type { IncomingHttpHeaders } from 'node:http';
import {
  type ClientHttp2Stream,
  type Http2Session,
  type ServerHttp2Stream,
  connect,
  constants,
  createServer,
} from 'node:http2';
import type { AddressInfo } from 'node:net';

/** The gRPC statuses with which a server refuses a call. */
export const GRPC_STATUS = { permissionDenied: 7, unimplemented: 12 } as const;

/** A proxy to a Temporal server that refuses some calls, as an authorizer does. */
export interface DenyingProxy {
  readonly address: string;
  /** From now on refuses these methods, such as `AddSearchAttributes`, with this status, and forwards all others. */
  deny(methods: readonly string[], status?: number): void;
  close(): Promise<void>;
}

/** Forwards every call to the server at this address, over HTTP/2 without TLS. */
export async function startDenyingProxy(address: string): Promise<DenyingProxy> {
  const upstream = connect(`http://${address}`);
  upstream.on('error', () => undefined);
  let denied: readonly string[] = [];
  let status: number = GRPC_STATUS.permissionDenied;
  const sessions = new Set<Http2Session>([upstream]);
  const server = createServer();
  server.on('session', (session) => sessions.add(session));
  server.on('stream', (stream, headers) => {
    const method = String(headers[':path']).split('/').at(-1) ?? '';
    if (denied.includes(method)) denyCall(stream, status);
    else forwardCall(stream, upstream.request({ ...headers, ':authority': address }));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    deny: (methods, answer = GRPC_STATUS.permissionDenied) => {
      denied = methods;
      status = answer;
    },
    close: async () => {
      for (const session of sessions) session.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

function denyCall(stream: ServerHttp2Stream, status: number): void {
  stream.on('error', () => undefined);
  const answer = { 'grpc-status': String(status), 'grpc-message': 'Request%20unauthorized.' };
  stream
    .resume()
    .respond({ ':status': 200, 'content-type': 'application/grpc', ...answer }, { endStream: true });
}

/** Closes one stream when the other fails, and forwards the trailers, which have the status of the call. */
function forwardCall(down: ServerHttp2Stream, up: ClientHttp2Stream): void {
  down
    .on('error', () => undefined)
    .on('close', () => {
      up.close();
    });
  up.on('error', () => {
    down.close();
  });
  let trailers: IncomingHttpHeaders = {};
  up.on('response', (headers, flags) => {
    if (down.destroyed) return;
    const endStream = (flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0;
    down.respond(headers, { endStream, waitForTrailers: !endStream });
    up.pipe(down);
  });
  up.on('trailers', (sent: IncomingHttpHeaders) => {
    trailers = sent;
  });
  down.on('wantTrailers', () => {
    down.sendTrailers(trailers);
  });
  down.pipe(up);
}
