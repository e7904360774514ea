import { randomUUID } from 'node:crypto';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { WorkflowHandle, WorkflowStartOptions } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import {
  startFakeFlexperto,
  type FakeFlexperto,
  type FakeFlexpertoOptions,
} from '../../fake-flexperto/index.js';
import { createActivities, createUploadUrlSeal } from '../../src/activities/index.js';
import { createRequestChecker } from '../../src/documents/check-request.js';
import { createPdfInspector } from '../../src/documents/pdf-inspection.js';
import { createSources } from '../../src/documents/sources.js';
import { createFlexpertoClient, type FlexpertoOptions } from '../../src/flexperto/index.js';
import type { SigningStatus } from '../../src/domain/status.js';
import { readHandover } from './handover.js';

/** A vendor, a worker on its own task queue and a document root of its own, all inside this process. */
export interface World {
  readonly fake: FakeFlexperto;
  readonly root: string;
  /** Starts a signing as a client of any language would: by the contract's names alone. */
  readonly start: (
    overrides?: Record<string, unknown>,
    options?: Partial<WorkflowStartOptions>,
  ) => Promise<Signing>;
  /** Whether a session is still open. */
  hasOpenSession(): Promise<boolean>;
  close(): Promise<void>;
}

/** One started signing. */
export interface Signing {
  readonly handle: WorkflowHandle;
  readonly requestId: string;
  status(): Promise<SigningStatus>;
  /** Waits until the status satisfies the condition, letting time pass; so many seconds between two looks, one unless told. */
  until(condition: (status: SigningStatus) => boolean, seconds?: number): Promise<SigningStatus>;
  untilState(state: SigningStatus['state']): Promise<SigningStatus>;
  /** Lets time pass. */
  pass(seconds: number): Promise<void>;
  /** Hands over and signs as employee and customer do; the polling sees it. */
  signAll(): Promise<void>;
  result(): Promise<SigningStatus>;
}

export interface WorldOptions {
  readonly vendor?: FakeFlexpertoOptions;
  readonly client?: Partial<FlexpertoOptions>;
  readonly handOver?: string;
  readonly firstPollMs?: number;
}

const CONTRACT = resolve('examples/contract.pdf');
const TERMS = resolve('examples/terms.pdf');

/** Longer than the first pauses between two polls, so that a test need not look sixty times. */
const LOOK_SECONDS = 120;

export const participant = {
  email: 'john.doe@example.invalid',
  firstname: 'John',
  lastname: 'Doe',
  mobile: '+49176123456789',
};

export async function createWorld(env: TestWorkflowEnvironment, options: WorldOptions = {}): Promise<World> {
  const handOver = options.handOver === undefined ? {} : { handOver: options.handOver };
  const fake = await startFakeFlexperto({ ...options.vendor, ...handOver });
  const root = await mkdtemp(join(tmpdir(), 'signing-world-'));
  await copyFile(CONTRACT, join(root, 'contract.pdf'));
  await copyFile(TERMS, join(root, 'terms.pdf'));
  const taskQueue = `signing-${randomUUID()}`;
  const flexperto = createFlexpertoClient({
    baseUrl: fake.url,
    apiKey: fake.apiKey,
    attachMethod: 'auto',
    timeoutMs: 3_000,
    uploadTimeoutMs: 20_000,
    ...(options.handOver === undefined ? {} : { handover: readHandover(options.handOver) }),
    ...options.client,
  });
  const sources = createSources({ root, hosts: [] });
  const worker = await Worker.create({
    connection: env.nativeConnection,
    taskQueue,
    workflowBundle: { codePath: resolve('dist/workflow-bundle.js') },
    activities: createActivities({
      flexperto,
      sources,
      checker: createRequestChecker(sources, createPdfInspector()),
      seal: createUploadUrlSeal(fake.apiKey),
      handsOver: options.handOver !== undefined,
      firstPollMs: options.firstPollMs ?? 60_000,
      secrets: [fake.apiKey],
      // The time-skipping server cannot list runs; the end-to-end tests show this rule on a real server.
      hasEarlierRun: () => Promise.resolve(false),
    }),
  });
  const running = worker.run();
  const started: WorkflowHandle[] = [];

  const start: World['start'] = async (overrides = {}, startOptions = {}) => {
    const requestId = `test-${randomUUID()}`;
    const input = { ...requestFor(requestId), ...overrides };
    const handle = await env.client.workflow.start('signingSession', {
      taskQueue,
      workflowId: `signing-${requestId}`,
      args: [input],
      ...startOptions,
    });
    started.push(handle);
    return follow(env, fake, handle, requestId);
  };

  return {
    fake,
    root,
    start,
    hasOpenSession: async () => {
      const sessions = await Promise.all(started.map((handle) => handle.describe()));
      return sessions.some(({ status }) => status.name === 'RUNNING');
    },
    close: async () => {
      worker.shutdown();
      await running;
      await flexperto.close();
      await sources.close();
      await fake.close();
      await rm(root, { recursive: true, force: true });
    },
  };
}

export function requestFor(requestId: string) {
  return {
    requestId,
    employeeId: '45',
    name: 'Task-123 / Documents to be Signed',
    method: 'aes',
    participants: [participant],
    documents: [{ source: 'file:contract.pdf' }, { source: 'file:terms.pdf' }],
    crmRecord: 'opportunity/0061',
  };
}

function follow(
  env: TestWorkflowEnvironment,
  fake: FakeFlexperto,
  handle: WorkflowHandle,
  requestId: string,
): Signing {
  const status = (): Promise<SigningStatus> => handle.query<SigningStatus>('status');
  const pass = (seconds: number): Promise<void> => env.sleep(seconds * 1000);
  const until: Signing['until'] = async (condition, seconds = 1) => {
    for (;;) {
      const now = await status();
      if (condition(now)) return now;
      if (['completed', 'failed', 'withdrawn', 'expired', 'cancelled'].includes(now.state)) {
        throw new Error(`the session ended as ${now.state} while the test waited`);
      }
      await pass(seconds);
    }
  };
  const untilState: Signing['untilState'] = (state) => until((now) => now.state === state);
  return {
    handle,
    requestId,
    status,
    until,
    untilState,
    pass,
    signAll: async () => {
      const { sessionId } = await until(({ state }) => state.startsWith('awaiting'));
      if (fake.sessions().some((session) => session.id === sessionId && !session.handedOver))
        fake.handOver(sessionId ?? 0);
      await until(({ state: now }) => now === 'awaiting-signature', LOOK_SECONDS);
      fake.sign(sessionId ?? 0);
    },
    result: () => handle.result() as Promise<SigningStatus>,
  };
}
