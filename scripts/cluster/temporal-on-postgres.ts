import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ChildServer } from '../processes/child-server.js';
import { runCommand } from '../processes/commands.js';
import { findFreePort } from '../processes/ports.js';
import { buildGoProgram } from '../tools/go-program.js';
import { ensureNamespace, isNamespaceReady } from './namespace.js';
import type { Postgres } from './postgres.js';
import { SERVICES, type ServicePorts, type TemporalPorts, createTemporalConfig } from './temporal-config.js';

/** The version of docker-compose.yml, and of the dev server (scripts/tools/temporal.ts). */
// renovate: datasource=go depName=go.temporal.io/server
export const TEMPORAL_SERVER_VERSION = '1.32.0';

/** The Temporal server, and the tool that creates its database schema. */
export interface TemporalBinaries {
  readonly server: string;
  readonly sqlTool: string;
}

/** @throws Error with one sentence if they cannot be built */
export async function findTemporalBinaries(): Promise<TemporalBinaries> {
  const folder = await buildGoProgram({
    name: `the Temporal server ${TEMPORAL_SERVER_VERSION}`,
    cache: `temporal-server-${TEMPORAL_SERVER_VERSION}`,
    packages: ['server', 'tools/sql'].map(
      (name) => `go.temporal.io/server/cmd/${name}@v${TEMPORAL_SERVER_VERSION}`,
    ),
  });
  return { server: path.join(folder, 'server'), sqlTool: path.join(folder, 'sql') };
}

/** A Temporal server that keeps everything in Postgres. */
export interface TemporalOnPostgres {
  readonly address: string;
  readonly namespace: string;
  readonly pid: number;
  /** Rejects when it exits unexpectedly; never resolves. */
  unexpectedExit(): Promise<never>;
  /** Kills it by SIGKILL, as by a crash, and waits until it has exited. */
  kill(): Promise<void>;
  stop(): Promise<void>;
}

const NAMESPACE = 'default';
const START_TIMEOUT_SECONDS = 90;

/** Free ports for a server that is restarted on the same database, whose schema has 15 bits for a port. */
export async function choosePorts(frontend?: number): Promise<TemporalPorts> {
  const ports = async (rpc?: number): Promise<ServicePorts> => ({
    rpc: rpc ?? (await findFreePort()),
    membership: await findFreePort(),
  });
  return {
    frontend: await ports(frontend),
    history: await ports(),
    matching: await ports(),
    worker: await ports(),
  };
}

/** Creates the two databases and their schema. @throws Error with one sentence if that fails */
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
 * Starts the server on databases that have their schema, and waits until it serves its namespace.
 * @throws Error with one sentence if it does not start
 */
export async function startTemporalOnPostgres(
  folder: string,
  { port }: Postgres,
  ports: TemporalPorts,
): Promise<TemporalOnPostgres> {
  const { server: program } = await findTemporalBinaries();
  const config = path.join(folder, 'config');
  mkdirSync(config, { recursive: true });
  writeFileSync(path.join(config, 'cluster.yaml'), createTemporalConfig(ports, port));
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
  await server.waitUntilReady(() => ensureNamespace(address, NAMESPACE), START_TIMEOUT_SECONDS);
  await server.waitUntilReady(() => isNamespaceReady(address, NAMESPACE), START_TIMEOUT_SECONDS);
  return {
    address,
    namespace: NAMESPACE,
    pid: server.pid,
    unexpectedExit: () => server.unexpectedExit(),
    kill: () => {
      server.kill();
      return server.stop();
    },
    stop: () => server.stop(),
  };
}
