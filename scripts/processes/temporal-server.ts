import { Connection } from '@temporalio/client';
import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { findTemporalCli } from '../tools/temporal.js';
import { ChildServer } from './child-server.js';
import { assertPortFree, findFreePort } from './ports.js';

export { findTemporalCli };

export interface TemporalServerOptions {
  /** Whether to serve the Temporal UI; by default only if `uiPort` is given. */
  readonly ui?: boolean;
  /** Of the server; a free one by default. */
  readonly port?: number;
  readonly uiPort?: number;
  /** The database file, which survives a restart, even after SIGKILL; in memory by default. */
  readonly dbFile?: string;
  /** Created at the start; `default` by default. */
  readonly namespace?: string;
  readonly logLevel?: 'debug' | 'info' | 'warn' | 'error';
  /** The server's dynamic configuration, such as `limit.historyCount.suggestContinueAsNew`. */
  readonly dynamicConfig?: Readonly<Record<string, number | boolean>>;
}

export interface TemporalServer {
  /** host:port for a client's connection. */
  readonly address: string;
  readonly uiUrl: string | undefined;
  readonly namespace: string;
  readonly pid: number;
  /** Rejects when it exits without `stop` or `kill`; never resolves. */
  unexpectedExit(): Promise<never>;
  /** Stops the server and waits until it has exited, also after `kill()`. */
  stop(): Promise<void>;
  /** Kills it by SIGKILL, as by a crash. */
  kill(): void;
}

/** A server usually answers after about 2 seconds. */
const START_TIMEOUT_SECONDS = 60;
const MAX_ATTEMPTS = 3;

/**
 * Starts a Temporal dev server on 127.0.0.1 as a child process that ends with this one, and waits until it answers.
 * @throws Error with one sentence if a given port is in use, there is no CLI (`findTemporalCli`), or the server does not
 * start (with the last lines of its log)
 */
export async function startTemporalServer(options: TemporalServerOptions = {}): Promise<TemporalServer> {
  const cli = await findTemporalCli();
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await startOnce(cli, options);
    } catch (error) {
      // Another program may take a free port before the server does; then a new attempt takes another port.
      if (options.port !== undefined || attempt === MAX_ATTEMPTS) throw error;
    }
  }
}

async function startOnce(cli: string, options: TemporalServerOptions): Promise<TemporalServer> {
  const namespace = options.namespace ?? 'default';
  const port = await resolvePort(options.port);
  const withUi = options.ui === true || options.uiPort !== undefined;
  const uiPort = withUi ? await resolvePort(options.uiPort) : undefined;
  const address = `127.0.0.1:${port}`;

  const args = createArguments({ ...options, namespace, port }, uiPort);
  // Detached: after Ctrl-C in a terminal the worker must still find its server while it shuts down.
  const child = spawn(cli, args, {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: createEnvironment(),
  });
  const server = new ChildServer(child, 'The Temporal server');
  await server.waitUntilReady(() => isServing(address, namespace), START_TIMEOUT_SECONDS);

  const uiUrl = uiPort === undefined ? undefined : `http://127.0.0.1:${uiPort}`;
  return {
    address,
    uiUrl,
    namespace,
    pid: server.pid,
    unexpectedExit: () => server.unexpectedExit(),
    stop: () => server.stop(),
    kill: () => {
      server.kill();
    },
  };
}

async function resolvePort(port: number | undefined): Promise<number> {
  if (port === undefined) return findFreePort();
  await assertPortFree(port);
  return port;
}

function createArguments(
  options: TemporalServerOptions & { readonly namespace: string; readonly port: number },
  uiPort: number | undefined,
): string[] {
  return [
    'server',
    'start-dev',
    ...['--ip', '127.0.0.1', '--port', String(options.port)],
    ...['--namespace', options.namespace, '--log-level', options.logLevel ?? 'error'],
    ...(uiPort === undefined ? ['--headless'] : ['--ui-port', String(uiPort)]),
    ...(options.dbFile === undefined ? [] : ['--db-filename', options.dbFile]),
    ...Object.entries(options.dynamicConfig ?? {}).flatMap(([name, value]) => [
      '--dynamic-config-value',
      `${name}=${value}`,
    ]),
  ];
}

/** Without the TEMPORAL_ variables, which are for the worker: the CLI reads them too. */
function createEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('TEMPORAL_')));
}

async function isServing(address: string, namespace: string): Promise<boolean> {
  try {
    const connection = await Connection.connect({ address, connectTimeout: 1000 });
    try {
      await connection.workflowService.describeNamespace({ namespace });
      return true;
    } finally {
      await connection.close();
    }
  } catch {
    await sleep(100);
    return false;
  }
}
