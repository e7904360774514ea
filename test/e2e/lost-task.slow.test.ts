import { defaultPayloadConverter } from '@temporalio/common';
import type { temporal } from '@temporalio/proto';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { createInitiateSession } from '../../src/activities/non-idempotent-calls.js';
import { captureRejection, waitUntil } from '../support/async-helpers.js';
import {
  type RealEnvironment,
  startWorkflowOnlyWorker,
  useRealEnvironments,
} from '../support/real-environment.js';
import { closeVendorsAfterEach, createVendorClient } from '../support/scripted-vendor.js';
import type { Signing } from '../support/signing.js';

type ActivityTask = temporal.api.workflowservice.v1.IPollActivityTaskQueueResponse;

const createEnvironment = useRealEnvironments();
closeVendorsAfterEach();

beforeAll(() => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
});

const POLL_MS = 60_000;
/** Time to end the worker between two attempts. */
const RETRY_AFTER_SECONDS = 10;

it('An initiate whose task was lost on its way to a worker is made again, and never by that worker', async () => {
  const environment = await createEnvironment();
  const signing = await waitForSecondAttempt(environment);
  const task = await pollActivityTask(environment);
  expect(task.activityType?.name).toBe('initiateSession');

  await environment.startWorker();
  const { state } = await signing.until(({ state: now }) => now !== 'initiating');
  expect(state).not.toBe('needs-attention');
  await signing.untilState('awaiting-handover');
  expect(environment.fake.ledger.effects('session-initiated')).toHaveLength(1);

  expect(await captureRejection(executeActivity(environment, task))).toMatchObject({ type: 'NotSent' });
  expect(environment.fake.ledger.effects('session-initiated')).toHaveLength(1);
}, 120_000);

/** A signing whose initiate was refused temporarily, and whose worker has ended since. */
async function waitForSecondAttempt(environment: RealEnvironment): Promise<Signing> {
  environment.fake.faults.add({ call: 'initiate', status: 429, retryAfter: String(RETRY_AFTER_SECONDS) });
  const worker = await environment.startWorker();
  const signing = await environment.start();
  await waitUntil('the initiate was refused', async () => {
    const { events } = await signing.handle.fetchHistory();
    return events?.some(({ activityTaskFailedEventAttributes: failed }) => failed != null) === true;
  });
  worker.kill('SIGKILL');
  await worker.exited;
  return signing;
}

/** Lets the workflow proceed, and polls the next activity task, as a worker does. */
async function pollActivityTask(environment: RealEnvironment): Promise<ActivityTask> {
  const { client, taskQueue } = environment;
  const worker = await startWorkflowOnlyWorker(environment);
  try {
    const request = { namespace: client.options.namespace, taskQueue: { name: taskQueue } };
    const poll = () => client.workflowService.pollActivityTaskQueue(request);
    return await client.withDeadline(Date.now() + POLL_MS, poll);
  } finally {
    await worker.stop();
  }
}

/** Runs the activity as the worker with this task would. */
async function executeActivity({ client, fake }: RealEnvironment, task: ActivityTask): Promise<number> {
  const { taskToken, workflowExecution } = task;
  const { workflowId, runId } = workflowExecution ?? {};
  const info = {
    taskToken: taskToken ?? new Uint8Array(),
    workflowExecution: { workflowId: workflowId ?? '', runId: runId ?? '' },
  };
  const env = new MockActivityEnvironment(info, { client, logger: new DefaultLogger('ERROR') });
  const args = task.input?.payloads?.map((payload) => defaultPayloadConverter.fromPayload(payload)) ?? [];
  const flexperto = createVendorClient(fake.url, { apiKey: fake.apiKey });
  const activity = createInitiateSession({ flexperto, secrets: [fake.apiKey] });
  return env.run(activity, ...(args as Parameters<typeof activity>));
}
