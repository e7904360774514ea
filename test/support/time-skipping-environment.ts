import type { WorkflowHandle, WorkflowStartOptions } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { randomUUID } from 'node:crypto';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import {
  type FakeFlexperto,
  type FakeFlexpertoOptions,
  startFakeFlexperto,
} from '../../fake-flexperto/index.js';
import { canSkipTime, createTimeSkippingEnvironment } from '../../scripts/processes/time-skipping-server.js';
import { createActivities, createUploadUrlCipher } from '../../src/activities/index.js';
import { createCallbackSender } from '../../src/callbacks/sender.js';
import { createRequestChecker } from '../../src/documents/check-request.js';
import { createSources } from '../../src/documents/sources.js';
import type { CallbackQueue } from '../../src/domain/callbacks.js';
import { buildPollTaskQueue } from '../../src/domain/workflow-id.js';
import { type FlexpertoOptions, createFlexpertoClient } from '../../src/flexperto/index.js';
import { createPdfInspector } from '../../src/pdf/inspector.js';
import { parseHostAllowlist } from '../../src/shared/http/host-allowlist.js';
import { runTogether } from '../../src/worker/run-together.js';
import { addSearchAttributes } from '../../src/worker/search-attributes.js';
import type { CallbackTarget } from '../../src/workflows/callbacks/signing-callbacks.js';
import type { PollPauses } from '../../src/workflows/retry-policies.js';
import { type Signing, createRequest, trackSigning, workflowIdOf } from './signing.js';

/**
 * Returns a factory of environments, which are closed after each test, on a time-skipping server for the test file. If a
 * signing has left the server unable to skip time, the next test gets a new server.
 */
export function useTimeSkippingEnvironments(): (
  options?: TestEnvironmentOptions,
) => Promise<TestEnvironment> {
  let env: TestWorkflowEnvironment | undefined;
  let environments: TestEnvironment[] = [];
  const stopServer = async (): Promise<void> => {
    await env?.teardown();
    env = undefined;
  };
  beforeAll(() => {
    Runtime.install({ logger: new DefaultLogger('ERROR') });
  });
  afterEach(async () => {
    for (const environment of environments) await environment.close();
    environments = [];
    if (env !== undefined && !(await canSkipTime(env))) await stopServer();
  });
  afterAll(stopServer);
  return async (options) => {
    env ??= await startServer();
    const environment = await createTestEnvironment(env, options);
    environments.push(environment);
    return environment;
  };
}

async function startServer(): Promise<TestWorkflowEnvironment> {
  const env = await createTimeSkippingEnvironment();
  await addSearchAttributes(env.nativeConnection, 'default');
  return env;
}

/** Parses the configured form `POST /path/{sessionId}`. */
function parseHandover(text: string): { method: 'POST'; path: string } {
  return { method: 'POST', path: text.split(' ')[1] ?? '' };
}

/** A fake vendor, a worker on a separate task queue, and a document root, all inside this process. */
export interface TestEnvironment {
  readonly fake: FakeFlexperto;
  readonly root: string;
  /** Starts a signing by the contract's names alone, as a client in any language does. */
  readonly start: (
    overrides?: Record<string, unknown>,
    options?: Partial<WorkflowStartOptions>,
  ) => Promise<Signing>;
  /**
   * Starts the callbacks of a signing that does not exist: this server stops skipping time when a signing with a child
   * ends.
   */
  readonly startCallbacks: (target: CallbackTarget, queue: CallbackQueue) => Promise<WorkflowHandle>;
  /** The server's time. */
  readonly now: () => Promise<Date>;
  /** Skips time. */
  readonly advanceTime: (seconds: number) => Promise<void>;
  /** Also terminates the workflows that a test has left open. */
  close(): Promise<void>;
}

export interface TestEnvironmentOptions {
  readonly vendor?: FakeFlexpertoOptions;
  readonly client?: Partial<FlexpertoOptions>;
  readonly handOver?: string;
  readonly firstPollMs?: number;
  readonly maxPollMs?: number;
  readonly callbackSecrets?: readonly string[];
  readonly callbackHosts?: readonly string[];
  readonly reminderMs?: number;
  /** Answers the callbacks whether their signing is open. */
  readonly sessionIsOpen?: () => boolean | Promise<boolean>;
}

const CONTRACT = resolve('examples/contract.pdf');
const TERMS = resolve('examples/terms.pdf');

/** Longer than the first pauses between two polls. */
const POLL_MS = 180_000;

/** As by default. */
function createPollPauses({ firstPollMs: firstMs = 60_000, maxPollMs }: TestEnvironmentOptions): PollPauses {
  return { firstMs, maxMs: maxPollMs ?? Math.max(firstMs, 30 * 60_000) };
}

async function createTestEnvironment(
  env: TestWorkflowEnvironment,
  options: TestEnvironmentOptions = {},
): Promise<TestEnvironment> {
  const handOver = options.handOver === undefined ? {} : { handOver: options.handOver };
  const fake = await startFakeFlexperto({ ...options.vendor, ...handOver });
  const root = await mkdtemp(join(tmpdir(), 'signing-environment-'));
  await copyFile(CONTRACT, join(root, 'contract.pdf'));
  await copyFile(TERMS, join(root, 'terms.pdf'));
  const taskQueue = `signing-${randomUUID()}`;
  const flexperto = createFlexpertoClient({
    baseUrl: fake.url,
    apiKey: fake.apiKey,
    attachMethod: 'auto',
    timeoutMs: 3_000,
    uploadTimeoutMs: 20_000,
    ...(options.handOver === undefined ? {} : { handover: parseHandover(options.handOver) }),
    ...options.client,
  });
  const sources = createSources({ root, hosts: [] });
  const callbacks = createCallbackSender({
    secrets: options.callbackSecrets ?? [],
    hosts: parseHostAllowlist(options.callbackHosts ?? []),
  });
  const activities = createActivities({
    flexperto,
    sources,
    checker: createRequestChecker(sources, createPdfInspector()),
    uploadUrlCipher: createUploadUrlCipher(fake.apiKey),
    isHandOverEnabled: options.handOver !== undefined,
    pollPauses: createPollPauses(options),
    secrets: [fake.apiKey],
    // The time-skipping server cannot list runs; the end-to-end tests cover these rules on a real server.
    hasEarlierRun: () => Promise.resolve(false),
    isContractSessionTaken: () => Promise.resolve(false),
    callbacks,
    reminderMs: options.reminderMs ?? 7 * 24 * 60 * 60_000,
    isSigningOpen: async () => (await options.sessionIsOpen?.()) ?? true,
  });
  const connection = env.nativeConnection;
  const workflowBundle = { codePath: resolve('dist/workflow-bundle.js') };
  const worker = await Worker.create({ connection, taskQueue, workflowBundle, activities });
  const pollQueue = buildPollTaskQueue(taskQueue);
  const pollWorker = await Worker.create({ connection, taskQueue: pollQueue, activities });
  const running = runTogether([worker, pollWorker]);
  const started: WorkflowHandle[] = [];

  const start: TestEnvironment['start'] = async (overrides = {}, startOptions = {}) => {
    const requestId = `test-${randomUUID()}`;
    const input = { ...createRequest(requestId), ...overrides };
    const handle = await env.client.workflow.start('signingSession', {
      taskQueue,
      workflowId: workflowIdOf(requestId, taskQueue),
      args: [input],
      ...startOptions,
    });
    started.push(handle);
    const pause = (): Promise<void> => env.sleep('1 second');
    return trackSigning({ fake, handle, requestId, pause, triggerPoll: () => env.sleep(POLL_MS) });
  };

  const startCallbacks: TestEnvironment['startCallbacks'] = async (target, queue) => {
    const workflowId = `${target.workflowId}/callbacks`;
    const args = [target, queue];
    const handle = await env.client.workflow.start('signingCallbacks', { taskQueue, workflowId, args });
    started.push(handle);
    return handle;
  };

  return {
    fake,
    root,
    start,
    startCallbacks,
    now: async () => new Date(await env.currentTimeMs()),
    advanceTime: (seconds) => env.sleep(seconds * 1000),
    close: async () => {
      await Promise.all(started.map((handle) => handle.terminate().catch(() => undefined)));
      worker.shutdown();
      pollWorker.shutdown();
      await running;
      await flexperto.close();
      await sources.close();
      await callbacks.close();
      await fake.close();
      await rm(root, { recursive: true, force: true });
    },
  };
}
