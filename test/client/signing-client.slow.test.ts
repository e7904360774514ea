import { Client, Connection } from '@temporalio/client';
import {
  NotPossibleError,
  SigningBrokenError,
  SigningNotFoundError,
  SigningTerminatedError,
  createSigningClient,
} from '../../src/client/index.js';
import { captureRejection } from '../support/async-helpers.js';
import { type CliEnvironment, createCliEnvironment } from '../support/cli-environment.js';

let environment: CliEnvironment;
let connection: Connection;
let client: Client;
beforeAll(async () => {
  environment = await createCliEnvironment();
  await environment.startWorker();
  connection = await Connection.connect({ address: environment.server.address });
  client = new Client({ connection });
});
afterAll(async () => {
  await connection.close();
  await environment.close();
});

describe('a signing whose workflow was terminated in Temporal', () => {
  it('says so instead of showing its last state', async () => {
    const { requestId } = await environment.startSigningIn('awaiting-handover');
    await client.workflow.getHandle(`signing-${requestId}`).terminate('by a test');
    for (const ask of [environment.signings.status(requestId), environment.signings.wait(requestId)])
      expect(await captureRejection(ask)).toBeInstanceOf(SigningTerminatedError);
    const { code, stderr } = await environment.run(['wait', requestId]);
    expect({ code, stderr }).toEqual({
      code: 13,
      stderr: `The signing ${requestId} was terminated in Temporal; what exists at flexperto stays there.\n`,
    });
  });

  it('is marked in the list and is no longer among those that wait', async () => {
    const employeeId = 'terminated';
    const { requestId } = await environment.startSigningIn('awaiting-handover', { employeeId });
    const list = (state?: string): Promise<unknown[]> => environment.signings.list({ employeeId, state });
    while ((await list('awaiting-handover')).length === 0);
    await client.workflow.getHandle(`signing-${requestId}`).terminate('by a test');
    while ((await list('awaiting-handover')).length > 0);
    expect(await list()).toMatchObject([{ requestId, state: 'awaiting-handover', terminated: true }]);
    expect((await environment.run(['list', '--employee', employeeId])).stdout).toContain(
      'terminated (awaiting-handover)',
    );
  });
});

it('a workflow that broke off without a fault of the request says why', async () => {
  const { requestId } = await environment.writeRequest();
  const taskQueue = 'nobody-is-here';
  await client.workflow.start('signingSession', {
    taskQueue,
    workflowId: `signing/${taskQueue}/${requestId}`,
    workflowExecutionTimeout: 1,
  });
  const error = await captureRejection(createSigningClient(client, taskQueue).wait(requestId));
  expect(error).toBeInstanceOf(SigningBrokenError);
  expect(error).toHaveProperty(
    'message',
    `The signing ${requestId} broke off without an outcome (Workflow execution timed out); what exists at flexperto stays there.`,
  );
  const env = { SIGNING_TASK_QUEUE: taskQueue };
  expect(await environment.run(['status', requestId], { env })).toMatchObject({ code: 10 });
});

it('a workflow of another type under such an id is no signing', async () => {
  const workflowId = 'signing-of-somebody-else';
  await client.workflow.start('letterSending', { taskQueue: 'signing', workflowId });
  const requestId = 'of-somebody-else';
  expect(await captureRejection(environment.signings.status(requestId))).toBeInstanceOf(SigningNotFoundError);
  expect(await captureRejection(environment.signings.cancel(requestId))).toBeInstanceOf(SigningNotFoundError);
  await client.workflow.getHandle(workflowId).terminate();
});

it('a requestId that no signing can have is not found, whatever its length', async () => {
  const { signings } = environment;
  for (const requestId of ['a'.repeat(8000), 'a/callbacks', 'two words', '']) {
    for (const ask of [signings.status(requestId), signings.check(requestId), signings.audit(requestId)]) {
      const error = await captureRejection(ask);
      expect(error).toBeInstanceOf(SigningNotFoundError);
      expect(String(error).length).toBeLessThan(300);
    }
  }
  expect(await environment.run(['cancel', 'a'.repeat(8000)])).toMatchObject({ code: 4 });
  for (const filter of [{ employeeId: 'a'.repeat(8000) }, { crmRecord: 'a'.repeat(8000) }])
    expect(await signings.list(filter)).toEqual([]);
});

it('a cancel before any worker has started the signing ends it before anything is sent', async () => {
  const { requestId } = await environment.writeRequest();
  const file = (await environment.writeRequest({ requestId })).file;
  const env = { SIGNING_TASK_QUEUE: 'later' };
  expect(await environment.run(['start', file], { env })).toMatchObject({ code: 0 });
  const signings = createSigningClient(client, 'later');
  await signings.cancel(requestId);
  const before = environment.fake.ledger.effects('session-initiated').length;
  const worker = await environment.startWorker(env);
  expect(await environment.run(['wait', requestId], { env })).toMatchObject({ code: 13 });
  expect(environment.fake.ledger.effects('session-initiated')).toHaveLength(before);
  expect(await captureRejection(signings.cancel(requestId))).toBeInstanceOf(NotPossibleError);
  await worker.stop();
});
