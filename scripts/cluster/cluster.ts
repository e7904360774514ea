import path from 'node:path';
import { chmodSync, mkdirSync } from 'node:fs';
import { startPostgres } from './postgres.js';
import {
  choosePorts,
  createSchema,
  startTemporalOnPostgres,
  type TemporalOnPostgres,
} from './temporal-on-postgres.js';

/** A part that can be killed by SIGKILL, as by a crash, and started again on what it left. */
export interface RestartableService {
  kill(): Promise<void>;
  restart(): Promise<void>;
}

/** Postgres and the Temporal server on it, each a process of its own on 127.0.0.1. */
export interface Cluster {
  readonly address: string;
  readonly namespace: string;
  readonly postgres: RestartableService;
  readonly temporal: RestartableService;
  /** Rejects when one of the first two ends without having been told to; never resolves. */
  readonly unexpectedExit: Promise<never>;
  stop(): Promise<void>;
}

/**
 * Starts both in an empty `folder` below one that is open to all, such as the system's for temporary files, which keeps all they know, and waits until the server serves. Throws one sentence when
 * one of them does not come up; then the other has ended again.
 */
export async function startCluster(folder: string, frontendPort?: number): Promise<Cluster> {
  const postgresFolder = path.join(folder, 'postgres');
  mkdirSync(postgresFolder);
  // Postgres may run as somebody else, who has to get through to its home.
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
  // Not everybody who starts it looks.
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
