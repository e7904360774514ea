import { Client, Connection, type WorkflowHandle, type WorkflowStartOptions } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { randomUUID } from 'node:crypto';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type FakeFlexperto,
  type FakeFlexpertoOptions,
  startFakeFlexperto,
} from '../../fake-flexperto/index.js';
import {
  type TemporalServer,
  type TemporalServerOptions,
  startTemporalServer,
} from '../../scripts/processes/temporal-server.js';
import { createDataConverter, parsePayloadKeys } from '../../src/client/index.js';
import { type WorkerProcess, startWorkerProcess } from './program-process.js';
import { type Signing, createRequest, sendCheckNow, trackSigning, workflowIdOf } from './signing.js';

/** Starts a worker for workflow tasks alone; the test executes the activities. */
export async function startWorkflowOnlyWorker(
  { env, taskQueue }: RealEnvironment,
  payloadKeys = '',
): Promise<{ stop(): Promise<void> }> {
  const bundle = payloadKeys === '' ? 'workflow-bundle' : 'workflow-bundle-encrypting';
  const connection = await NativeConnection.connect({ address: env['TEMPORAL_ADDRESS'] ?? '' });
  const worker = await Worker.create({
    connection,
    taskQueue,
    workflowBundle: { codePath: resolve(`dist/${bundle}.js`) },
    dataConverter: createDataConverter(parsePayloadKeys(payloadKeys)),
  });
  const running = worker.run();
  return {
    stop: async () => {
      worker.shutdown();
      await running;
      await connection.close();
    },
  };
}

/** A real Temporal server, a fake vendor, and workers as separate processes, on a task queue of this environment. */
export interface RealEnvironment {
  readonly fake: FakeFlexperto;
  readonly client: Client;
  readonly taskQueue: string;
  /** The document root, with contract.pdf and terms.pdf. */
  readonly root: string;
  /** The variables of its workers. */
  readonly env: Readonly<Record<string, string>>;
  /** Starts a worker and waits until it is ready; `close` ends it. */
  readonly startWorker: (env?: NodeJS.ProcessEnv, program?: string) => Promise<WorkerProcess>;
  readonly start: (
    overrides?: Record<string, unknown>,
    options?: Partial<WorkflowStartOptions>,
  ) => Promise<Signing>;
  close(): Promise<void>;
}

export const API_KEY = 'the-api-key-of-this-test';

export async function createRealEnvironment(
  server: Pick<TemporalServer, 'address' | 'namespace'>,
  vendor: FakeFlexpertoOptions = {},
  taskQueue = `signing-${randomUUID()}`,
): Promise<RealEnvironment> {
  const connection = await Connection.connect({ address: server.address });
  const client = new Client({ connection, namespace: server.namespace });
  const fake = await startFakeFlexperto({ apiKey: API_KEY, ...vendor });
  const root = await mkdtemp(join(tmpdir(), 'signing-e2e-'));
  for (const name of ['contract.pdf', 'terms.pdf'])
    await copyFile(resolve('examples', name), join(root, name));
  const env = {
    TEMPORAL_ADDRESS: server.address,
    TEMPORAL_NAMESPACE: server.namespace,
    FLEXPERTO_BASE_URL: fake.url,
    FLEXPERTO_API_KEY: fake.apiKey,
    SIGNING_TASK_QUEUE: taskQueue,
    SIGNING_DOCUMENT_ROOT: root,
    SIGNING_POLL_SECONDS: '1',
    ...(vendor.handOver === undefined ? {} : { FLEXPERTO_HANDOVER: vendor.handOver }),
  };
  const workers: WorkerProcess[] = [];
  const started: WorkflowHandle[] = [];

  return {
    fake,
    client,
    taskQueue,
    root,
    env,
    startWorker: async (more = {}, program) => {
      const worker = await startWorkerProcess({ ...env, ...more }, program);
      workers.push(worker);
      return worker;
    },
    start: async (overrides = {}, options = {}) => {
      const requestId = `test-${randomUUID()}`;
      const handle = await client.workflow.start('signingSession', {
        taskQueue,
        workflowId: workflowIdOf(requestId, taskQueue),
        args: [{ ...createRequest(requestId), ...overrides }],
        ...options,
      });
      started.push(handle);
      const pause = (): Promise<void> => sleep(100);
      return trackSigning({ fake, handle, requestId, pause, triggerPoll: () => sendCheckNow(handle) });
    },
    close: async () => {
      await Promise.all(started.map((handle) => handle.terminate().catch(() => undefined)));
      for (const worker of workers) worker.kill('SIGKILL');
      await Promise.all(workers.map(({ exited }) => exited));
      await connection.close();
      await fake.close();
      await rm(root, { recursive: true, force: true });
    },
  };
}

/** Starts one Temporal server for a test file, and returns a factory of environments, which are closed after each test. */
export function useRealEnvironments(
  options?: TemporalServerOptions,
): (vendor?: FakeFlexpertoOptions) => Promise<RealEnvironment> {
  let server: TemporalServer | undefined;
  let environments: RealEnvironment[] = [];
  beforeAll(async () => {
    server = await startTemporalServer(options);
  });
  afterEach(async () => {
    for (const environment of environments) await environment.close();
    environments = [];
  });
  afterAll(() => server?.stop());
  return async (vendor) => {
    if (server === undefined) throw new Error('the server has not started');
    const environment = await createRealEnvironment(server, vendor);
    environments.push(environment);
    return environment;
  };
}
