import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startCluster } from '../../scripts/cluster/cluster.js';
import { startTemporalServer } from '../../scripts/processes/temporal-server.js';

/** A Temporal server for a benchmark. */
export interface BenchServer {
  readonly address: string;
  /** Of the Temporal server's process. */
  readonly pid: number;
  stop(): Promise<void>;
}

/** The dev server, with its database in `folder`, or in memory, which is faster. */
export function startDevServer(folder: string, inMemory: boolean): Promise<BenchServer> {
  return startTemporalServer(inMemory ? {} : { dbFile: join(folder, 'temporal.db') });
}

/** A server on Postgres, with the database's own durability. */
export async function startPostgresServer(): Promise<BenchServer> {
  // Not below the benchmark's folder, which Postgres may not enter as another user.
  const folder = await mkdtemp(join(tmpdir(), 'signing-bench-cluster-'));
  const cluster = await startCluster(folder);
  return {
    address: cluster.address,
    pid: cluster.temporal.pid(),
    stop: async () => {
      await cluster.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
