import { Client, Connection } from '@temporalio/client';
import type { DataConverter } from '@temporalio/common';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { NativeConnection } from '@temporalio/worker';
import { ConfigError, type ClientConfig } from './config.js';
import { createDataConverter } from './encryption/index.js';

const DEFAULT_ADDRESS = '127.0.0.1:7233';

/** Where Temporal is, from its own variables and configuration file, and how data is put there. */
export interface TemporalTarget {
  readonly address: string;
  readonly namespace: string;
  readonly options: ReturnType<typeof loadClientConnectConfig>['connectionOptions'];
  readonly dataConverter: DataConverter;
}

/** @throws ConfigError where TEMPORAL_* cannot be read, or data would leave this machine unencrypted */
export function temporalTarget(config: ClientConfig): TemporalTarget {
  const { connectionOptions, namespace } = readConnectConfig();
  const address = connectionOptions.address ?? DEFAULT_ADDRESS;
  if (config.payloadKeys.length === 0 && !config.allowPlaintext && !isLoopback(address)) {
    throw new ConfigError(
      `The Temporal server at ${address} is not on this machine, and personal data would lie there in plain text: ` +
        'set SIGNING_PAYLOAD_KEYS, or SIGNING_ALLOW_PLAINTEXT=true if that is meant.',
    );
  }
  return {
    address,
    namespace: namespace ?? 'default',
    options: { ...connectionOptions, address },
    dataConverter: createDataConverter(config.payloadKeys),
  };
}

function readConnectConfig() {
  try {
    return loadClientConnectConfig();
  } catch (error) {
    throw new ConfigError(
      `The TEMPORAL_ configuration cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

/** @throws ConfigError where no server answers */
export async function connectWorker({ address, options }: TemporalTarget): Promise<NativeConnection> {
  return NativeConnection.connect(options).catch((error: unknown) => {
    throw unreachable(address, error);
  });
}

/** @throws ConfigError where no server answers */
export async function connectClient(target: TemporalTarget): Promise<Client> {
  const { address, namespace, options, dataConverter } = target;
  const connection = await Connection.connect(options).catch((error: unknown) => {
    throw unreachable(address, error);
  });
  return new Client({ connection, namespace, dataConverter });
}

function unreachable(address: string, error: unknown): ConfigError {
  const why = error instanceof Error ? (error.message.split('\n')[0] ?? '') : '';
  return new ConfigError(`No Temporal server answers at ${address} (TEMPORAL_ADDRESS): ${why}`);
}

function isLoopback(address: string): boolean {
  const host = address.replace(/^https?:\/\//, '').replace(/:\d+$/, '');
  return host === 'localhost' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host);
}
