import { Client, Connection } from '@temporalio/client';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { startFakeFlexpertoProcess } from '../../scripts/processes/fake-flexperto-process.js';
import { type Program, startProgram } from '../../scripts/processes/program.js';
import { startTemporalServer } from '../../scripts/processes/temporal-server.js';
import {
  type SigningClient,
  createDataConverter,
  createSigningClient,
  parsePayloadKeys,
} from '../../src/client/index.js';
import { bundleBare, startBareWorker } from './bare/start.js';

/** A Temporal server, the fake vendor with the hand-over call, a worker and a bare worker, each a separate process. */
export interface BenchEnvironment {
  readonly client: Client;
  readonly signings: SigningClient;
  readonly address: string;
  readonly vendorUrl: string;
  /** The document root. */
  readonly documents: string;
  /** The variables of the worker. */
  readonly variables: Readonly<Record<string, string>>;
  readonly bareBundle: string;
  readonly worker: RestartableWorker;
  /** Runs a short task while server and worker are paused. Their clocks go on. */
  whilePaused<Result>(task: () => Promise<Result>): Promise<Result>;
  stop(): Promise<void>;
}

/** The worker's process, which can be stopped and started again. */
export interface RestartableWorker {
  readonly pid: () => number;
  /** Resolves when it is ready. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

export interface BenchEnvironmentOptions {
  /** Payload keys of worker and client; without them nothing is encrypted. */
  readonly payloadKeys?: string;
  readonly pollSeconds?: number;
  /** Whether the hand-over call is configured; without it, signings wait for an employee. */
  readonly handsOver?: boolean;
  /** Whether the server keeps its data in memory, which is faster than a file. */
  readonly inMemory?: boolean;
}

export async function startEnvironment(
  folder: string,
  options: BenchEnvironmentOptions = {},
): Promise<BenchEnvironment> {
  const { payloadKeys = '', pollSeconds = 60, handsOver = true, inMemory = false } = options;
  const documents = join(folder, 'documents');
  await mkdir(documents);
  const server = await startTemporalServer(inMemory ? {} : { dbFile: join(folder, 'temporal.db') });
  const vendor = await startFakeFlexpertoProcess();
  const variables = {
    ...vendor.variables,
    ...(handsOver ? {} : { FLEXPERTO_HANDOVER: '' }),
    TEMPORAL_ADDRESS: server.address,
    SIGNING_DOCUMENT_ROOT: documents,
    SIGNING_POLL_SECONDS: String(pollSeconds),
    SIGNING_LOG_LEVEL: 'info',
    SIGNING_PAYLOAD_KEYS: payloadKeys,
  };
  const worker = createRestartableWorker(variables);
  await worker.start();
  const bareBundle = await bundleBare(folder);
  const bare = await startBareWorker(server.address, bareBundle);
  const connection = await Connection.connect({ address: server.address });
  const dataConverter = createDataConverter(parsePayloadKeys(payloadKeys));
  const client = new Client({ connection, dataConverter });
  return {
    client,
    signings: createSigningClient(client),
    address: server.address,
    vendorUrl: vendor.url,
    documents,
    variables,
    bareBundle,
    worker,
    whilePaused: async (task) => {
      const pids = [worker.pid(), server.pid];
      for (const pid of pids) process.kill(pid, 'SIGSTOP');
      try {
        return await task();
      } finally {
        for (const pid of pids) process.kill(pid, 'SIGCONT');
      }
    },
    stop: async () => {
      await connection.close();
      for (const one of [bare, worker, vendor, server]) await one.stop();
    },
  };
}

function createRestartableWorker(variables: Readonly<Record<string, string>>): RestartableWorker {
  let program: Program | undefined;
  return {
    pid: () => program?.server.pid ?? -1,
    start: async () => {
      program = await startProgram('worker', variables);
    },
    stop: async () => {
      await program?.server.stop();
    },
  };
}
