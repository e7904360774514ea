import { chmodSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { startPostgres } from './postgres.js';
import {
  type TemporalOnPostgres,
  choosePorts,
  createSchema,
  startTemporalOnPostgres,
} from './temporal-on-postgres.js';

/** A service that can be killed by SIGKILL, as by a crash, and started again on its data. */
export interface RestartableService {
  kill(): Promise<void>;
  restart(): Promise<void>;
}

/** Postgres and the Temporal server on it, each a separate process on 127.0.0.1. */
export interface Cluster {
  readonly address: string;
  readonly namespace: string;
  readonly postgres: RestartableService;
  readonly temporal: RestartableService & { readonly pid: () => number };
  /** Rejects when one of the first two exits unexpectedly; never resolves. */
  readonly unexpectedExit: Promise<never>;
  stop(): Promise<void>;
}

/**
 * Starts both, with their data in an empty `folder`, and waits until the server serves. Every user must be able to reach the
 * folder, as one below the system's folder for temporary files.
 * @throws Error with one sentence if one of them does not start; then the other is stopped again
 */
export async function startCluster(folder: string, frontendPort?: number): Promise<Cluster> {
  const postgresFolder = path.join(folder, 'postgres');
  mkdirSync(postgresFolder);
  // Postgres may run as another user, who must be able to reach its folder.
  chmodSync(folder, 0o711);
  let postgres = await startPostgres(postgresFolder);
  let temporal: TemporalOnPostgres;
  const ports = await choosePorts(frontendPort);
  try {
    await createSchema(postgres);
    temporal = await startTemporalOnPostgres(folder, postgres, ports);
  } catch (error) {
    await postgres.stop();
    throw error;
  }
  const { address, namespace } = temporal;
  const unexpectedExit = Promise.race([postgres.unexpectedExit(), temporal.unexpectedExit()]);
  // A caller may not await it.
  unexpectedExit.catch(() => undefined);
  return {
    address,
    namespace,
    postgres: {
      kill: () => postgres.kill(),
      restart: async () => {
        postgres = await startPostgres(postgresFolder, postgres.port);
      },
    },
    temporal: {
      pid: () => temporal.pid,
      kill: () => temporal.kill(),
      restart: async () => {
        temporal = await startTemporalOnPostgres(folder, postgres, ports);
      },
    },
    unexpectedExit,
    stop: async () => {
      await temporal.stop();
      await postgres.stop();
    },
  };
}
