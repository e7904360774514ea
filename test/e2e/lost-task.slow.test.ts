import { defaultPayloadConverter } from '@temporalio/common';
import type { temporal } from '@temporalio/proto';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { createInitiateSession } from '../../src/activities/initiate-session.js';
import { startDecider } from '../support/decider.js';
import { eventually, rejection } from '../support/outcomes.js';
import { realWorlds, type RealWorld } from '../support/real-world.js';
import { clientFor, closeAfterEach } from '../support/scripted-vendor.js';
import type { Signing } from '../support/signing.js';

type ActivityTask = temporal.api.workflowservice.v1.IPollActivityTaskQueueResponse;

const createWorld = realWorlds();
closeAfterEach();

beforeAll(() => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
});

const POLL_MS = 60_000;
/** Time to end the worker between two tries. */
const RETRY_AFTER_SECONDS = 10;

it('An initiate whose task was lost on its way to a worker is made again, and by that worker no more', async () => {
  const world = await createWorld();
  const signing = await untilSecondTry(world);
  const task = await takeTask(world);
  expect(task.activityType?.name).toBe('initiateSession');

  await world.startWorker();
  const { state } = await signing.until(({ state: now }) => now !== 'initiating');
  expect(state).not.toBe('needs-attention');
  await signing.untilState('awaiting-handover');
  expect(world.fake.ledger.effects('session-initiated')).toHaveLength(1);

  expect(await rejection(carryOut(world, task))).toMatchObject({ type: 'NotSent' });
  expect(world.fake.ledger.effects('session-initiated')).toHaveLength(1);
}, 120_000);

/** A session whose initiate was refused for now, and whose worker has ended since. */
async function untilSecondTry(world: RealWorld): Promise<Signing> {
  world.fake.faults.add({ call: 'initiate', status: 429, retryAfter: String(RETRY_AFTER_SECONDS) });
  const worker = await world.startWorker();
  const signing = await world.start();
  await eventually('it was refused', async () => {
    const { events } = await signing.handle.fetchHistory();
    return events?.some(({ activityTaskFailedEventAttributes: failed }) => failed != null) === true;
  });
  worker.kill('SIGKILL');
  await worker.ended;
  return signing;
}

/** Has the workflow go on, and takes the next task of an activity, as a worker does. */
async function takeTask(world: RealWorld): Promise<ActivityTask> {
  const { client, taskQueue } = world;
  const decider = await startDecider(world);
  try {
    const request = { namespace: client.options.namespace, taskQueue: { name: taskQueue } };
    const poll = () => client.workflowService.pollActivityTaskQueue(request);
    return await client.withDeadline(Date.now() + POLL_MS, poll);
  } finally {
    await decider.stop();
  }
}

/** Carries the activity out, as the worker would that had its task. */
async function carryOut({ client, fake }: RealWorld, task: ActivityTask): Promise<number> {
  const { taskToken, workflowExecution } = task;
  const { workflowId, runId } = workflowExecution ?? {};
  const info = {
    taskToken: taskToken ?? new Uint8Array(),
    workflowExecution: { workflowId: workflowId ?? '', runId: runId ?? '' },
  };
  const env = new MockActivityEnvironment(info, { client, logger: new DefaultLogger('ERROR') });
  const args = task.input?.payloads?.map((payload) => defaultPayloadConverter.fromPayload(payload)) ?? [];
  const flexperto = clientFor(fake.url, { apiKey: fake.apiKey });
  const activity = createInitiateSession({ flexperto, secrets: [fake.apiKey] });
  return env.run(activity, ...(args as Parameters<typeof activity>));
}
