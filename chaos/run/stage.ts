import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import type { Life } from '../../scripts/life.js';
import { createSigningClient, type SigningClient } from '../../src/starter/index.js';
import { CALL_SECONDS } from '../plan/faults.js';
import { startMortalServer, type MortalServer } from './mortal-server.js';
import { startVendor, type Vendor } from './vendor.js';
import { startWorkerPool, type WorkerPool } from './worker-pool.js';

/** Everything that takes part, each in a process of its own. */
export interface Stage {
  readonly server: MortalServer;
  readonly vendor: Vendor;
  readonly workers: WorkerPool;
  readonly client: Client;
  readonly signings: SigningClient;
  readonly documentRoot: string;
}

const WORKERS = 2;

/** Starts all of it, with database, logs and documents in the folder; it is stopped with the program. */
export async function setStage(life: Life, folder: string): Promise<Stage> {
  const documentRoot = path.join(folder, 'documents');
  mkdirSync(documentRoot, { recursive: true });
  const server = await startMortalServer(path.join(folder, 'temporal.db'));
  life.stopAtEnd(() => server.stop());
  const vendor = await startVendor();
  life.stopAtEnd(() => vendor.stop());
  const variables = {
    ...vendor.variables,
    FLEXPERTO_TIMEOUT_SECONDS: String(CALL_SECONDS),
    FLEXPERTO_UPLOAD_TIMEOUT_SECONDS: String(CALL_SECONDS),
    SIGNING_DOCUMENT_ROOT: documentRoot,
    SIGNING_POLL_SECONDS: '1',
    TEMPORAL_ADDRESS: server.address,
  };
  const workers = await startWorkerPool(WORKERS, variables, folder);
  life.stopAtEnd(() => workers.stop());
  // Never closed: calls that are still being tried again would fall over that, and the process ends anyway.
  const connection = await Connection.connect({ address: server.address });
  const client = new Client({ connection });
  return { server, vendor, workers, client, signings: createSigningClient(client), documentRoot };
}
