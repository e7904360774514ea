import { request as requestInPlain } from 'node:http';
import { request as requestOverTls } from 'node:https';
import type { Socket } from 'node:net';
import { getErrorCode } from '../errors.js';
import type { ConnectionTarget, Proxy } from './proxy-config.js';

/** A proxy made no connection, so nothing was sent to its target. */
export class ProxyError extends Error {
  override readonly name = 'ProxyError';
  /** What happened, for `getErrorCode`: a few words without address and password. */
  readonly code: string;

  constructor(reason: string) {
    super(reason);
    this.code = reason;
  }
}

export interface TunnelOptions {
  readonly timeoutMs: number;
  /** Further certificate authorities, PEM. */
  readonly ca?: string | undefined;
}

/** A connection to the target through a proxy, by CONNECT (RFC 9110, 9.3.6). @throws ProxyError */
export async function openTunnel(
  proxy: Proxy,
  { hostname, port }: ConnectionTarget,
  { timeoutMs, ca }: TunnelOptions,
): Promise<Socket> {
  const authority = `${hostname.includes(':') ? `[${hostname}]` : hostname}:${port}`;
  const request = (proxy.isSecure ? requestOverTls : requestInPlain)({
    method: 'CONNECT',
    host: proxy.hostname,
    port: proxy.port,
    path: authority,
    headers: {
      host: authority,
      ...(proxy.authorization === undefined ? {} : { 'proxy-authorization': proxy.authorization }),
    },
    agent: false,
    ...(ca === undefined ? {} : { ca }),
  });
  const timer = setTimeout(() => {
    request.destroy(new ProxyError(`the proxy did not answer within ${timeoutMs / 1000} s`));
  }, timeoutMs);
  try {
    return await new Promise<Socket>((resolve, reject) => {
      request.once('error', reject);
      request.once('connect', ({ statusCode = 0 }, socket: Socket, firstBytes) => {
        if (statusCode >= 200 && statusCode < 300) {
          if (firstBytes.length > 0) socket.unshift(firstBytes);
          resolve(socket);
        } else {
          socket.on('error', () => undefined).destroy();
          reject(new ProxyError(describeRefusal(statusCode)));
        }
      });
      request.end();
    });
  } catch (error) {
    throw error instanceof ProxyError
      ? error
      : new ProxyError(`no connection to the proxy: ${getErrorCode(error)}`);
  } finally {
    clearTimeout(timer);
  }
}

function describeRefusal(status: number): string {
  const reason = status === 407 ? ': it does not accept the user name and password' : '';
  return `the proxy answered ${status}${reason}`;
}
