import { type WorkflowHandle, WorkflowUpdateFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import { createTimeSkippingEnvironment } from '../../scripts/processes/time-skipping-server.js';
import { HOUR_MS } from '../../src/domain/start-rate-limit.js';
import { captureRejection } from '../support/async-helpers.js';

const HALF_HOUR_MS = HOUR_MS / 2;

let env: TestWorkflowEnvironment;
let worker: Worker;
let running: Promise<void>;
const taskQueue = `starts-${randomUUID()}`;

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  env = await createTimeSkippingEnvironment();
  const workflowBundle = { codePath: resolve('dist/workflow-bundle.js') };
  worker = await Worker.create({ connection: env.nativeConnection, taskQueue, workflowBundle });
  running = worker.run();
});
afterAll(async () => {
  worker.shutdown();
  await running;
  await env.teardown();
});

const startWorkflow = (): Promise<WorkflowHandle> =>
  env.client.workflow.start('signingStarts', { taskQueue, workflowId: randomUUID() });
const reserve = (starts: WorkflowHandle, requestId: string): Promise<unknown> =>
  starts.executeUpdate('reserveStart', { args: [{ requestId, limit: 2 }] });

/** In how many milliseconds a start is possible, according to a rejection. */
async function getRetryAfterMs(starts: WorkflowHandle, requestId: string): Promise<number> {
  const error = await captureRejection(reserve(starts, requestId));
  if (!(error instanceof WorkflowUpdateFailedError) || !(error.cause instanceof ApplicationFailure))
    throw error;
  expect(error.cause.type).toBe('TooManyStarts');
  return Number(error.cause.details?.[0]);
}

it('the hour slides: a start is possible again an hour after the first, as the rejection says', async () => {
  const starts = await startWorkflow();
  await reserve(starts, 'first');
  await env.sleep(HALF_HOUR_MS);
  await reserve(starts, 'second');
  const freeInMs = await getRetryAfterMs(starts, 'third');
  expect(freeInMs).toBeGreaterThan(0);
  expect(freeInMs).toBeLessThanOrEqual(HALF_HOUR_MS);
  await env.sleep(freeInMs);
  await reserve(starts, 'third');
  expect(await getRetryAfterMs(starts, 'fourth')).toBeLessThan(HOUR_MS);
  await starts.result();
});

it('a rejection adds nothing to the history', async () => {
  const starts = await startWorkflow();
  await reserve(starts, 'first');
  await reserve(starts, 'second');
  await getRetryAfterMs(starts, 'third');
  const { events } = await starts.fetchHistory();
  const accepted = events?.filter((event) => event.workflowExecutionUpdateAcceptedEventAttributes != null);
  expect(accepted).toHaveLength(2);
  await starts.terminate();
});

it('it ends when its hour is empty, even without any reservation', async () => {
  const used = await startWorkflow();
  await reserve(used, 'first');
  await used.result();
  expect(await getLifetimeMs(used)).toBeGreaterThanOrEqual(HOUR_MS);
  const unused = await startWorkflow();
  await unused.result();
  expect(await getLifetimeMs(unused)).toBeLessThan(HOUR_MS);
});

async function getLifetimeMs(starts: WorkflowHandle): Promise<number> {
  const { startTime, closeTime } = await starts.describe();
  return (closeTime?.getTime() ?? NaN) - startTime.getTime();
}
