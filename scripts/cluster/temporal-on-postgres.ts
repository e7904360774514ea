import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ChildServer } from '../child-server.js';
import { runCommand } from '../commands.js';
import { freePort } from '../ports.js';
import { createNamespace, isServing } from './namespace.js';
import type { Postgres } from './postgres.js';
import { findTemporalBinaries } from './temporal-binaries.js';
import { SERVICES, temporalConfig, type ServicePorts, type TemporalPorts } from './temporal-config.js';

/** A Temporal server that keeps everything in Postgres. */
export interface TemporalOnPostgres {
  readonly address: string;
  readonly namespace: string;
  /** Rejects when it ends without having been told to; never resolves. */
  endsByItself(): Promise<never>;
  /** Ends it by SIGKILL and waits until it is gone, as after a crash. */
  kill(): Promise<void>;
  stop(): Promise<void>;
}

const NAMESPACE = 'default';
const START_SECONDS = 90;

/** Free ports for a server that is started again and again on the same database; its schema has room for 15 bits. */
export async function choosePorts(frontend?: number): Promise<TemporalPorts> {
  const ports = async (rpc?: number): Promise<ServicePorts> => ({
    rpc: rpc ?? (await freePort()),
    membership: await freePort(),
  });
  return {
    frontend: await ports(frontend),
    history: await ports(),
    matching: await ports(),
    worker: await ports(),
  };
}

/** Creates the two databases and their schema. Throws one sentence when that fails. */
export async function createSchema({ port }: Postgres): Promise<void> {
  const { sqlTool } = await findTemporalBinaries();
  const sql = (database: string, ...args: string[]): Promise<string> => {
    const at = [
      '--plugin',
      'postgres12',
      '--endpoint',
      '127.0.0.1',
      '--port',
      String(port),
      '--user',
      'temporal',
    ];
    return runCommand(sqlTool, [...at, '--database', database, ...args]);
  };
  const databases = [
    ['temporal', 'postgresql/v12/temporal'],
    ['temporal_visibility', 'postgresql/v12/visibility'],
  ] as const;
  for (const [database, schema] of databases) {
    await sql(database, 'create-database');
    await sql(database, 'setup-schema', '-v', '0.0');
    await sql(database, 'update-schema', '--schema-name', schema);
  }
}

/**
 * Starts the server on databases that have their schema, and waits until it serves its namespace. Throws one sentence
 * when it does not come up.
 */
export async function startTemporalOnPostgres(
  folder: string,
  { port }: Postgres,
  ports: TemporalPorts,
): Promise<TemporalOnPostgres> {
  const { server: program } = await findTemporalBinaries();
  const config = path.join(folder, 'config');
  mkdirSync(config, { recursive: true });
  writeFileSync(path.join(config, 'cluster.yaml'), temporalConfig(ports, port));
  const services = SERVICES.map((name) => `--service=${name}`);
  const args = [
    '--root',
    folder,
    '--config',
    'config',
    '--env',
    'cluster',
    '--allow-no-auth',
    'start',
    ...services,
  ];
  const child = spawn(program, args, { detached: true, stdio: ['ignore', 'pipe', 'pipe'], cwd: folder });
  const server = new ChildServer(child, 'The Temporal server');
  const address = `127.0.0.1:${ports.frontend.rpc}`;
  await server.waitUntil(() => createNamespace(address, NAMESPACE), START_SECONDS);
  await server.waitUntil(() => isServing(address, NAMESPACE), START_SECONDS);
  return {
    address,
    namespace: NAMESPACE,
    endsByItself: () => server.endsByItself(),
    kill: () => {
      server.kill();
      return server.stop();
    },
    stop: () => server.stop(),
  };
}
