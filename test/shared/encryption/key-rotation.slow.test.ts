import type { Client } from '@temporalio/client';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { randomUUID } from 'node:crypto';
import { UnreadablePayloadError, createSigningClient } from '../../../src/client/index.js';
import { captureRejection, waitUntil } from '../../support/async-helpers.js';
import {
  createEncryptedClient,
  followWithClient,
  generatePayloadKey,
} from '../../support/encrypted-client.js';
import type { WorkerProcess } from '../../support/program-process.js';
import { findPayloads, readRawData } from '../../support/raw-data.js';
import {
  type RealEnvironment,
  startWorkflowOnlyWorker,
  useRealEnvironments,
} from '../../support/real-environment.js';
import { type CommandResult, runCli } from '../../support/run-cli.js';
import { type Signing, createRequest, sendCheckNow } from '../../support/signing.js';

Runtime.install({ logger: new DefaultLogger('ERROR') });
const createEnvironment = useRealEnvironments();
const OLD = `old:${generatePayloadKey()}`;
const NEW = `new:${generatePayloadKey()}`;

async function startSigning(environment: RealEnvironment, client: Client): Promise<Signing> {
  const requestId = `test-${randomUUID()}`;
  await createSigningClient(client, environment.taskQueue).start(createRequest(requestId));
  return followWithClient(environment, client, requestId);
}

async function stopWorker(worker: WorkerProcess): Promise<void> {
  worker.kill('SIGTERM');
  await worker.exited;
}

const missingKeyMessage = (id: string): string =>
  `A payload is encrypted with the key ${id}, which SIGNING_PAYLOAD_KEYS does not hold here.`;

it('A signing goes on from plain text over the first key to the next one, while workers are replaced', async () => {
  const environment = await createEnvironment();
  const client = createEncryptedClient(environment, `${NEW},${OLD}`);
  const signing = followWithClient(
    environment,
    client,
    (await startSigning(environment, environment.client)).requestId,
  );

  const plain = await environment.startWorker();
  const { sessionId } = await signing.untilState('awaiting-handover');
  await stopWorker(plain);

  const first = await environment.startWorker({ SIGNING_PAYLOAD_KEYS: OLD });
  environment.fake.handOver(sessionId ?? 0);
  await signing.handle.signal('checkNow');
  await signing.untilState('awaiting-signature');
  await stopWorker(first);

  await environment.startWorker({ SIGNING_PAYLOAD_KEYS: `${NEW},${OLD}` });
  environment.fake.sign(sessionId ?? 0);
  await sendCheckNow(signing.handle);
  expect(await signing.result()).toMatchObject({ state: 'completed', sessionId });

  const payloads = findPayloads(await readRawData(client, signing.handle.workflowId));
  expect(new Set(payloads.map(({ keyId }) => keyId))).toEqual(new Set([undefined, 'old', 'new']));
  expect(environment.fake.ledger.effects('session-initiated')).toHaveLength(1);
}, 90_000);

it('Workers on both sides of a rotation share a task queue: the new key is known before it encrypts', async () => {
  const environment = await createEnvironment();
  await environment.startWorker({ SIGNING_PAYLOAD_KEYS: `${OLD},${NEW}` });
  await environment.startWorker({ SIGNING_PAYLOAD_KEYS: `${NEW},${OLD}` });
  const client = createEncryptedClient(environment, `${OLD},${NEW}`);
  const signings = await Promise.all(Array.from({ length: 5 }, () => startSigning(environment, client)));
  for (const signing of signings) {
    await signing.signAll();
    expect(await signing.result()).toMatchObject({ state: 'completed' });
  }
}, 90_000);

it('A worker without the key of a signing says so and does no harm; a worker with the key goes on', async () => {
  const environment = await createEnvironment();
  const decider = await startWorkflowOnlyWorker(environment, OLD);
  const signing = await startSigning(environment, createEncryptedClient(environment, OLD));
  const pending = async () => (await signing.handle.describe()).raw.pendingActivities ?? [];
  await waitUntil('an activity waits for a worker', async () => (await pending()).length > 0);

  const ignorant = await environment.startWorker({ SIGNING_PAYLOAD_KEYS: NEW });
  await waitUntil('a worker has tried', async () =>
    (await pending()).some(({ lastFailure }) => lastFailure != null),
  );
  expect(await pending()).toMatchObject([
    { lastFailure: { applicationFailureInfo: { type: 'UnreadablePayloadError', nonRetryable: false } } },
  ]);
  // The server can know of it before the output has arrived here.
  await ignorant.waitFor(missingKeyMessage('old'));
  expect(ignorant.output()).not.toContain('taskEncoded');
  await stopWorker(ignorant);
  await decider.stop();

  await environment.startWorker({ SIGNING_PAYLOAD_KEYS: `${NEW},${OLD}` });
  const followed = followWithClient(
    environment,
    createEncryptedClient(environment, `${NEW},${OLD}`),
    signing.requestId,
  );
  await followed.signAll();
  expect(await followed.result()).toMatchObject({ state: 'completed' });
  expect(environment.fake.ledger.effects('session-initiated')).toHaveLength(1);
}, 90_000);

describe('A client', () => {
  let environment: RealEnvironment;
  let signing: Signing;
  const status = (keys: string): Promise<CommandResult> =>
    runCli(['status', signing.requestId], {
      cwd: environment.root,
      env: { ...environment.env, SIGNING_PAYLOAD_KEYS: keys },
    });

  it('with the keys reads the signing; without, it learns which key is missing', async () => {
    environment = await createEnvironment();
    await environment.startWorker({ SIGNING_PAYLOAD_KEYS: OLD });
    signing = await startSigning(environment, createEncryptedClient(environment, OLD));
    await signing.untilState('awaiting-handover');

    expect(await status(`${NEW},${OLD}`)).toMatchObject({
      code: 0,
      stderr: '',
      stdout: expect.stringContaining('contract.pdf') as unknown,
    });
    for (const keys of ['', NEW])
      expect(await status(keys)).toEqual({ code: 2, stdout: '', stderr: `${missingKeyMessage('old')}\n` });

    const foreign = createSigningClient(environment.client, environment.taskQueue);
    const { requestId } = signing;
    for (const ask of [() => foreign.status(requestId), () => foreign.start(createRequest(requestId))]) {
      const error = await captureRejection(ask());
      expect(error).toBeInstanceOf(UnreadablePayloadError);
      expect(error).toHaveProperty('message', expect.stringContaining('createDataConverter'));
    }
  }, 90_000);
});
