import { Client, Connection } from '@temporalio/client';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { startFakeFlexpertoProcess } from '../../scripts/processes/fake-flexperto-process.js';
import { type Program, startProgram } from '../../scripts/processes/program.js';
import {
  type SigningClient,
  createDataConverter,
  createSigningClient,
  parsePayloadKeys,
} from '../../src/client/index.js';
import type { Setup } from '../benchmark.js';
import { bundleBare, startBareWorker } from './bare/start.js';
import { startDevServer, startPostgresServer } from './temporal-server.js';

/** A Temporal server, the fake vendor with the hand-over call, workers and as many bare workers, each a separate process. */
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
  readonly workers: RestartableWorkers;
  /** Runs a short task while server and workers are paused. Their clocks go on. */
  whilePaused<Result>(task: () => Promise<Result>): Promise<Result>;
  stop(): Promise<void>;
}

/** The worker processes, which can be stopped and started again. */
export interface RestartableWorkers {
  readonly pids: () => readonly number[];
  /** Resolves when all are ready. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

export interface BenchEnvironmentOptions {
  /** Payload keys of worker and client; without them nothing is encrypted. */
  readonly payloadKeys?: string;
  readonly pollSeconds?: number;
  /** Whether the hand-over call is configured; without it, signings wait for an employee. */
  readonly handsOver?: boolean;
  /** Whether the dev server keeps its data in memory, which is faster than a file. */
  readonly inMemory?: boolean;
  /** The dev server and one worker by default. */
  readonly setup?: Pick<Setup, 'server' | 'workers'>;
}

const DEFAULT_SETUP: Pick<Setup, 'server' | 'workers'> = { server: 'dev', workers: 1 };

export async function startEnvironment(
  folder: string,
  options: BenchEnvironmentOptions = {},
): Promise<BenchEnvironment> {
  const { payloadKeys = '', pollSeconds = 60, handsOver = true, inMemory = false } = options;
  const { server: kind, workers: count } = options.setup ?? DEFAULT_SETUP;
  const documents = join(folder, 'documents');
  await mkdir(documents);
  const server = await (kind === 'dev' ? startDevServer(folder, inMemory) : startPostgresServer());
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
  const workers = createRestartableWorkers(variables, count);
  await workers.start();
  const bareBundle = await bundleBare(folder);
  const bare = await startSeveral(count, () => startBareWorker(server.address, bareBundle));
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
    workers,
    whilePaused: async (task) => {
      const pids = [...workers.pids(), server.pid];
      for (const pid of pids) process.kill(pid, 'SIGSTOP');
      try {
        return await task();
      } finally {
        for (const pid of pids) process.kill(pid, 'SIGCONT');
      }
    },
    stop: async () => {
      await connection.close();
      for (const one of [...bare, workers, vendor, server]) await one.stop();
    },
  };
}

function createRestartableWorkers(
  variables: Readonly<Record<string, string>>,
  count: number,
): RestartableWorkers {
  let programs: readonly Program[] = [];
  return {
    pids: () => programs.map(({ server }) => server.pid),
    start: async () => {
      programs = await startSeveral(count, () => startProgram('worker', variables));
    },
    stop: async () => {
      await Promise.all(programs.map(({ server }) => server.stop()));
    },
  };
}

function startSeveral<Started>(count: number, start: () => Promise<Started>): Promise<Started[]> {
  return Promise.all(Array.from({ length: count }, start));
}
