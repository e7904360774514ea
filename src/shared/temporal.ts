import { Client, Connection, type WorkflowService } from '@temporalio/client';
import type { DataConverter } from '@temporalio/common';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import type { NativeConnection } from '@temporalio/worker';
import { type ClientConfig } from './config/index.js';
import { createDataConverter } from './encryption/index.js';
import { ConfigError, getErrorMessage } from './errors.js';
import { isLoopback } from './http/host-allowlist.js';
import { NoAccessError, NoServerError, isDenied, mapCallError } from './temporal-errors.js';
import type { Tracing } from './tracing/index.js';

const DEFAULT_ADDRESS = '127.0.0.1:7233';

/** The client's gRPC library reads proxy variables, the worker's does not. Temporal is always reached directly. */
const NO_GRPC_PROXY = { channelArgs: { 'grpc.enable_http_proxy': 0 } };

/** Where Temporal is, from its variables and configuration file, and how payloads are encoded. */
export interface TemporalConfig {
  readonly address: string;
  readonly namespace: string;
  readonly options: ReturnType<typeof loadClientConnectConfig>['connectionOptions'];
  readonly dataConverter: DataConverter;
}

/** @throws ConfigError if TEMPORAL_* cannot be read, or data would leave this machine unencrypted */
export function readTemporalConfig(config: ClientConfig): TemporalConfig {
  const { connectionOptions, namespace } = readConnectConfig();
  const address = connectionOptions.address ?? DEFAULT_ADDRESS;
  if (config.payloadKeys.length === 0 && !config.allowPlaintext && !isLoopbackAddress(address)) {
    throw new ConfigError(
      `The Temporal server at ${address} is not on this machine and would store personal data in plain text: ` +
        'set SIGNING_PAYLOAD_KEYS, or SIGNING_ALLOW_PLAINTEXT=true if that is intended.',
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
  // An empty variable counts as unset, as for the program's variables. An empty API key would turn TLS on.
  const present = Object.entries(process.env).flatMap(([name, value = '']) =>
    name.startsWith('TEMPORAL_') && value === '' ? [] : [[name, value] as const],
  );
  try {
    return loadClientConnectConfig({ overrideEnvVars: Object.fromEntries(present) });
  } catch (error) {
    throw new ConfigError(`The TEMPORAL_ configuration cannot be read: ${firstLine(error)}`);
  }
}

/** @throws NoServerError, NoAccessError */
export async function connectWorker(config: TemporalConfig): Promise<NativeConnection> {
  // Loaded only here, because a client does not need the worker's native library.
  const { NativeConnection } = await import('@temporalio/worker');
  return NativeConnection.connect(config.options).catch((error: unknown) => {
    throw toConnectionError(config, error);
  });
}

export interface TemporalClientOptions extends Pick<Tracing, 'clientInterceptors'> {
  /** The name of this client in histories. The default is the SDK's, of process and host. */
  readonly identity?: string;
}

/** @throws NoServerError within seconds, NoAccessError */
export async function connectClient(config: TemporalConfig, options: TemporalClientOptions): Promise<Client> {
  const connection = await Connection.connect({
    connectTimeout: '5 seconds',
    ...NO_GRPC_PROXY,
    ...config.options,
  }).catch((error: unknown) => {
    throw toConnectionError(config, error);
  });
  return createClient(connection, config, options);
}

/** A client over an open or a lazy connection. */
export function createClient(
  connection: Connection,
  { namespace, dataConverter }: TemporalConfig,
  { identity, clientInterceptors }: TemporalClientOptions,
): Client {
  return new Client({
    connection,
    namespace,
    dataConverter,
    interceptors: { workflow: clientInterceptors },
    ...(identity === undefined ? {} : { identity }),
  });
}

/** Connects, and reconnects, on use: for a program that outlives its server. */
export function createLazyConnection(config: TemporalConfig): Connection {
  return Connection.lazy({ ...NO_GRPC_PROXY, ...config.options });
}

/**
 * Calls the server so that it needs its database: it describes the namespace or, if this client may not do that, lists a
 * workflow.
 */
export async function pingDatabase(
  service: Pick<WorkflowService, 'describeNamespace' | 'listWorkflowExecutions'>,
  namespace: string,
): Promise<void> {
  try {
    await service.describeNamespace({ namespace });
  } catch (error) {
    if (!isDenied(error)) throw error;
    await service.listWorkflowExecutions({ namespace, pageSize: 1 });
  }
}

function toConnectionError({ address, options }: TemporalConfig, error: unknown): Error {
  const mapped = mapCallError(error);
  if (mapped instanceof NoAccessError) return mapped;
  const transport = options.tls === undefined || options.tls === false ? '' : ' over TLS';
  return new NoServerError(
    `No Temporal server answers at ${address}${transport} (TEMPORAL_ADDRESS): ${extractInnerMessage(firstLine(error))}`,
  );
}

/** The cause within the nested messages of the native library. */
function extractInnerMessage(message: string): string {
  return /.*(?:message|error): "([^"]+)"/s.exec(message)?.[1] ?? message;
}

/** Later lines can quote an unreadable file, and an API key in it. */
function firstLine(error: unknown): string {
  return getErrorMessage(error).split('\n')[0] ?? '';
}

function isLoopbackAddress(address: string): boolean {
  return isLoopback(address.replace(/^https?:\/\//, '').replace(/:\d+$/, ''));
}
