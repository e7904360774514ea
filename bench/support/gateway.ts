import { randomUUID } from 'node:crypto';
import { Pool } from 'undici';
import { hashGatewayKey, startProgram } from '../../scripts/processes/program.js';
import type { BenchEnvironment } from './environment.js';

/** The gateway in a separate process, called over keep-alive connections. */
export interface Gateway {
  /** Starts a signing. @throws Error unless the gateway answers 201 */
  start(request: unknown): Promise<void>;
  stop(): Promise<void>;
}

export interface GatewayOptions {
  /** The number of concurrent calls. */
  readonly connections: number;
  /** Of one employee. */
  readonly startsPerHour: number;
}

export async function startGateway(
  { variables }: BenchEnvironment,
  { connections, startsPerHour }: GatewayOptions,
): Promise<Gateway> {
  const key = randomUUID();
  const { server, readyEntry } = await startProgram('gateway', {
    TEMPORAL_ADDRESS: variables['TEMPORAL_ADDRESS'] ?? '',
    SIGNING_DOCUMENT_ROOT: variables['SIGNING_DOCUMENT_ROOT'] ?? '',
    SIGNING_STARTS_PER_HOUR: String(startsPerHour),
    SIGNING_GATEWAY_ADDRESS: '127.0.0.1:0',
    SIGNING_GATEWAY_KEYS: hashGatewayKey('bench', key),
  });
  const pool = new Pool(String(readyEntry['address']), { connections });
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  return {
    start: async (request) => {
      const call = { path: '/signings', method: 'POST', headers, body: JSON.stringify(request) } as const;
      const { statusCode, body } = await pool.request(call);
      const answer = await body.text();
      if (statusCode !== 201)
        throw new Error(`The gateway did not start the signing: ${statusCode} ${answer}`);
    },
    stop: async () => {
      await pool.close();
      await server.stop();
    },
  };
}
