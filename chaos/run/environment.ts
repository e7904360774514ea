import { Client, Connection } from '@temporalio/client';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { ProcessLifecycle } from '../../scripts/processes/process-lifecycle.js';
import { type SigningClient, createSigningClient } from '../../src/client/index.js';
import { CALL_TIMEOUT_SECONDS } from '../plan/faults.js';
import { type RestartableServer, startRestartableServer } from './restartable-server.js';
import { type Vendor, startVendor } from './vendor.js';
import { type WorkerPool, startWorkerPool } from './worker-pool.js';

/** Server, vendor and workers, each a separate process, and clients for them. */
export interface ChaosEnvironment {
  readonly server: RestartableServer;
  readonly vendor: Vendor;
  readonly workers: WorkerPool;
  readonly client: Client;
  readonly signings: SigningClient;
  readonly documentRoot: string;
}

const WORKER_COUNT = 2;

/** Starts all of it, with database, logs and documents in the folder; it stops with the program. */
export async function startEnvironment(
  lifecycle: ProcessLifecycle,
  folder: string,
): Promise<ChaosEnvironment> {
  const documentRoot = path.join(folder, 'documents');
  mkdirSync(documentRoot, { recursive: true });
  const server = await startRestartableServer(path.join(folder, 'temporal.db'));
  lifecycle.addCleanup(() => server.stop());
  const vendor = await startVendor();
  lifecycle.addCleanup(() => vendor.stop());
  const variables = {
    ...vendor.variables,
    FLEXPERTO_TIMEOUT_SECONDS: String(CALL_TIMEOUT_SECONDS),
    FLEXPERTO_UPLOAD_TIMEOUT_SECONDS: String(CALL_TIMEOUT_SECONDS),
    SIGNING_DOCUMENT_ROOT: documentRoot,
    SIGNING_POLL_SECONDS: '1',
    TEMPORAL_ADDRESS: server.address,
  };
  const workers = await startWorkerPool(WORKER_COUNT, variables, folder);
  lifecycle.addCleanup(() => workers.stop());
  // Never closed: retries that are under way would fail, and the process is about to end.
  const connection = await Connection.connect({ address: server.address });
  const client = new Client({ connection });
  return { server, vendor, workers, client, signings: createSigningClient(client), documentRoot };
}
