import { Client, Connection } from '@temporalio/client';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type FakeFlexperto, startFakeFlexperto } from '../../fake-flexperto/index.js';
import {
  type TemporalServer,
  type TemporalServerOptions,
  startTemporalServer,
} from '../../scripts/processes/temporal-server.js';
import { type SigningClient, createSigningClient } from '../../src/client/index.js';
import { type SigningState, type SigningStatus, isFinal } from '../../src/domain/status.js';
import { REQUEST } from './requests.js';
import { type CliOptions, type CommandResult, type RunningCli, runCli, startCli } from './run-cli.js';

/** A Temporal dev server, the fake vendor, documents, and the CLI configured for them. Workers start on demand. */
export interface CliEnvironment {
  readonly server: TemporalServer;
  readonly fake: FakeFlexperto;
  readonly env: Readonly<Record<string, string>>;
  readonly folder: string;
  /** For the setup of a test. */
  readonly signings: SigningClient;
  /** Writes a request with a new requestId, and returns both. */
  writeRequest(change?: Record<string, unknown>): Promise<{ requestId: string; file: string }>;
  /** Starts a signing and returns once it is in this state. */
  startSigningIn(state: SigningState, change?: Record<string, unknown>): Promise<Signing>;
  /** The options of `resolve` that name the current `attention` of this signing. */
  attentionOptions(requestId: string): Promise<['--attention-id', string]>;
  run(args: readonly string[], options?: Partial<CliOptions>): Promise<CommandResult>;
  start(args: readonly string[], options?: Partial<CliOptions>): RunningCli;
  /** Starts the real worker and waits until it is ready. */
  startWorker(env?: Readonly<Record<string, string>>): Promise<WorkerProcess>;
  close(): Promise<void>;
}

export interface Signing {
  readonly requestId: string;
  readonly sessionId: number;
  readonly file: string;
}

export interface WorkerProcess {
  readonly child: ChildProcess;
  stop(): Promise<void>;
}

export async function createCliEnvironment(options: TemporalServerOptions = {}): Promise<CliEnvironment> {
  const [server, fake, folder] = await Promise.all([
    startTemporalServer(options),
    startFakeFlexperto(),
    mkdtemp(join(tmpdir(), 'signing-cli-')),
  ]);
  for (const name of ['contract.pdf', 'terms.pdf'])
    await copyFile(resolve('examples', name), join(folder, name));
  const env = { TEMPORAL_ADDRESS: server.address, SIGNING_DOCUMENT_ROOT: folder };
  const connection = await Connection.connect({ address: server.address });
  const signings = createSigningClient(new Client({ connection }));
  const running = new Set<RunningCli>();
  const workers: WorkerProcess[] = [];
  let requests = 0;

  const start: CliEnvironment['start'] = (args, overrides = {}) => {
    const cli = startCli(args, { cwd: folder, ...overrides, env: { ...env, ...overrides.env } });
    running.add(cli);
    void cli.result.then(() => running.delete(cli));
    return cli;
  };
  const writeRequest: CliEnvironment['writeRequest'] = async (change = {}) => {
    requests += 1;
    const requestId = `crm-action-${requests}`;
    const file = join(folder, `request-${requests}.json`);
    await writeFile(
      file,
      JSON.stringify({ ...REQUEST, requestId, crmRecord: 'opportunity/0061', ...change }),
    );
    return { requestId, file };
  };
  return {
    server,
    fake,
    env,
    folder,
    signings,
    writeRequest,
    startSigningIn: async (state, change) => {
      const { requestId, file } = await writeRequest(change);
      await signings.start(JSON.parse(await readFile(file, 'utf8')));
      const { sessionId } = await waitForState(signings, requestId, state);
      return { requestId, sessionId: sessionId ?? 0, file };
    },
    attentionOptions: async (requestId) => {
      const { attention } = await signings.status(requestId);
      return ['--attention-id', attention?.id ?? ''];
    },
    run: (args, overrides = {}) =>
      runCli(args, { cwd: folder, ...overrides, env: { ...env, ...overrides.env } }),
    start,
    startWorker: async (extra = {}) => {
      const worker = await startWorker({ ...env, ...createVendorEnv(fake), ...extra }, folder);
      workers.push(worker);
      return worker;
    },
    close: async () => {
      for (const { child } of running) child.kill('SIGKILL');
      await Promise.all(workers.map((worker) => worker.stop()));
      await fake.close();
      await connection.close();
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function waitForState(
  signings: SigningClient,
  requestId: string,
  state: SigningState,
): Promise<SigningStatus> {
  for (;;) {
    const status = await signings.status(requestId);
    if (status.state === state) return status;
    if (isFinal(status.state)) throw new Error(`the signing ended as ${status.state} before it was ${state}`);
    await sleep(50);
  }
}

function createVendorEnv({ url, apiKey }: FakeFlexperto): Record<string, string> {
  return {
    FLEXPERTO_BASE_URL: url,
    FLEXPERTO_API_KEY: apiKey,
    FLEXPERTO_TIMEOUT_SECONDS: '3',
    SIGNING_POLL_SECONDS: '0.2',
  };
}

async function startWorker(env: Record<string, string>, cwd: string): Promise<WorkerProcess> {
  const clean = { PATH: process.env['PATH'] ?? '', ...env };
  const child = spawn(process.execPath, [resolve('dist/src/worker.js')], {
    cwd,
    env: clean,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'close');
  for await (const chunk of child.stdout.setEncoding('utf8').iterator({ destroyOnReturn: false }))
    if (String(chunk).includes('worker ready')) break;
  child.stdout.resume();
  return {
    child,
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}
