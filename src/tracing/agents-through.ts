import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { Duplex } from 'node:stream';
import { createConnector } from '../network/connector.js';
import type { Proxies } from '../network/proxies.js';

const CONNECTS_MS = 10_000;

/** Agents of Node for a library that takes nothing else; their connections go through the proxies. */
export function agentsThrough(proxies: Proxies): (protocol: string) => HttpAgent {
  const connect = createConnector({ proxies, timeoutMs: CONNECTS_MS });
  return (protocol) => {
    const agent = new (protocol === 'https:' ? HttpsAgent : HttpAgent)({ keepAlive: true });
    agent.createConnection = ({ host, port }, callback) => {
      const hostname = host ?? 'localhost';
      connect({ protocol, hostname, host: hostname, port: String(port ?? '') }, (error, socket) => {
        // Node's types ask for a stream beside the error, too.
        callback?.(error, socket as unknown as Duplex);
      });
      return undefined;
    };
    return agent;
  };
}
