import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { createSigningClient, UnreadablePayloadError } from '../../src/starter/index.js';
import { runCli, type Answer } from '../cli/cli.js';
import { startDecider } from '../support/decider.js';
import { eventually, rejection } from '../support/outcomes.js';
import { freshKey } from '../support/payload-keys.js';
import { realWorlds, type RealWorld } from '../support/real-world.js';
import { hint, requestFor, type Signing } from '../support/signing.js';
import type { WorkerProcess } from '../support/worker-process.js';
import { clientWith, followWith } from './client.js';
import { payloadsIn, rawDataOf } from './raw-data.js';

Runtime.install({ logger: new DefaultLogger('ERROR') });
const newWorld = realWorlds();
const OLD = `old:${freshKey()}`;
const NEW = `new:${freshKey()}`;

async function startSession(world: RealWorld, client: Client): Promise<Signing> {
  const requestId = `test-${randomUUID()}`;
  await createSigningClient(client, world.taskQueue).start(requestFor(requestId));
  return followWith(world, client, requestId);
}

async function stop(worker: WorkerProcess): Promise<void> {
  worker.kill('SIGTERM');
  await worker.ended;
}

const without = (id: string): string =>
  `A payload is encrypted with the key ${id}, which SIGNING_PAYLOAD_KEYS does not hold here.`;

it('A session goes on from plain text over the first key to the next one, while workers come and go', async () => {
  const world = await newWorld();
  const client = clientWith(world, `${NEW},${OLD}`);
  const session = followWith(world, client, (await startSession(world, world.client)).requestId);

  const plain = await world.startWorker();
  const { sessionId } = await session.untilState('awaiting-handover');
  await stop(plain);

  const first = await world.startWorker({ SIGNING_PAYLOAD_KEYS: OLD });
  world.fake.handOver(sessionId ?? 0);
  await session.handle.signal('checkNow');
  await session.untilState('awaiting-signature');
  await stop(first);

  await world.startWorker({ SIGNING_PAYLOAD_KEYS: `${NEW},${OLD}` });
  world.fake.sign(sessionId ?? 0);
  await hint(session.handle);
  expect(await session.result()).toMatchObject({ state: 'completed', sessionId });

  const payloads = payloadsIn(await rawDataOf(client, session.handle.workflowId));
  expect(new Set(payloads.map(({ keyId }) => keyId))).toEqual(new Set([undefined, 'old', 'new']));
  expect(world.fake.ledger.effects('session-initiated')).toHaveLength(1);
}, 90_000);

it('Workers on both sides of a rotation share a task queue: the new key is known before it encrypts', async () => {
  const world = await newWorld();
  await world.startWorker({ SIGNING_PAYLOAD_KEYS: `${OLD},${NEW}` });
  await world.startWorker({ SIGNING_PAYLOAD_KEYS: `${NEW},${OLD}` });
  const client = clientWith(world, `${OLD},${NEW}`);
  const sessions = await Promise.all(Array.from({ length: 5 }, () => startSession(world, client)));
  for (const session of sessions) {
    await session.signAll();
    expect(await session.result()).toMatchObject({ state: 'completed' });
  }
}, 90_000);

it('A worker without the key of a session says so and harms nothing; one that has the key goes on', async () => {
  const world = await newWorld();
  const decider = await startDecider(world, OLD);
  const session = await startSession(world, clientWith(world, OLD));
  const pending = async () => (await session.handle.describe()).raw.pendingActivities ?? [];
  await eventually('an activity waits for a worker', async () => (await pending()).length > 0);

  const ignorant = await world.startWorker({ SIGNING_PAYLOAD_KEYS: NEW });
  await eventually('a worker has tried', async () =>
    (await pending()).some(({ lastFailure }) => lastFailure != null),
  );
  expect(await pending()).toMatchObject([
    { lastFailure: { applicationFailureInfo: { type: 'UnreadablePayloadError', nonRetryable: false } } },
  ]);
  // The server may know of it before what was written has arrived here.
  await ignorant.waitFor(without('old'));
  expect(ignorant.output()).not.toContain('taskEncoded');
  await stop(ignorant);
  await decider.stop();

  await world.startWorker({ SIGNING_PAYLOAD_KEYS: `${NEW},${OLD}` });
  const goingOn = followWith(world, clientWith(world, `${NEW},${OLD}`), session.requestId);
  await goingOn.signAll();
  expect(await goingOn.result()).toMatchObject({ state: 'completed' });
  expect(world.fake.ledger.effects('session-initiated')).toHaveLength(1);
}, 90_000);

describe('A client', () => {
  let world: RealWorld;
  let session: Signing;
  const status = (keys: string): Promise<Answer> =>
    runCli(['status', session.requestId], {
      cwd: world.root,
      env: { ...world.env, SIGNING_PAYLOAD_KEYS: keys },
    });

  it('with the keys reads the session; without, it is told which key is missing', async () => {
    world = await newWorld();
    await world.startWorker({ SIGNING_PAYLOAD_KEYS: OLD });
    session = await startSession(world, clientWith(world, OLD));
    await session.untilState('awaiting-handover');

    expect(await status(`${NEW},${OLD}`)).toMatchObject({
      code: 0,
      stderr: '',
      stdout: expect.stringContaining('contract.pdf') as unknown,
    });
    for (const keys of ['', NEW])
      expect(await status(keys)).toEqual({ code: 2, stdout: '', stderr: `${without('old')}\n` });

    const foreign = createSigningClient(world.client, world.taskQueue);
    const { requestId } = session;
    for (const ask of [() => foreign.status(requestId), () => foreign.start(requestFor(requestId))]) {
      const error = await rejection(ask());
      expect(error).toBeInstanceOf(UnreadablePayloadError);
      expect(error).toHaveProperty('message', expect.stringContaining('createDataConverter'));
    }
  }, 90_000);
});
