import { Client, Connection } from '@temporalio/client';
import { randomUUID } from 'node:crypto';
import {
  RequestConflictError,
  type SigningClient,
  TooManyStartsError,
  createDataConverter,
  createSigningClient,
  parsePayloadKeys,
} from '../../src/client/index.js';
import { captureRejection, waitUntil } from '../support/async-helpers.js';
import { generatePayloadKey } from '../support/encrypted-client.js';
import { type RealEnvironment, useRealEnvironments } from '../support/real-environment.js';
import { createRequest as createSigningRequest } from '../support/signing.js';

const createEnvironment = useRealEnvironments();
const HOUR_MS = 3_600_000;

const createRequest = (change: Record<string, unknown> = {}) => ({
  ...createSigningRequest(`test-${randomUUID()}`),
  ...change,
});

const createLimitedClient = (
  client: Client,
  { taskQueue }: RealEnvironment,
  startsPerHour: number,
): SigningClient => createSigningClient(client, taskQueue, { startsPerHour });

/** Of another gateway: on a separate connection. */
async function withOtherClient<Result>(
  { env }: RealEnvironment,
  work: (client: Client) => Promise<Result>,
): Promise<Result> {
  const connection = await Connection.connect({ address: env['TEMPORAL_ADDRESS'] ?? '' });
  try {
    return await work(new Client({ connection }));
  } finally {
    await connection.close();
  }
}

/** The signings of an environment's task queue, as the server lists them. */
async function listWorkflowIds({ client, taskQueue }: RealEnvironment): Promise<string[]> {
  const found: string[] = [];
  const query = `WorkflowType = 'signingSession' AND TaskQueue = '${taskQueue}'`;
  for await (const { workflowId } of client.workflow.list({ query })) found.push(workflowId);
  return found;
}

async function terminateAll(environment: RealEnvironment): Promise<void> {
  const found = await listWorkflowIds(environment);
  await Promise.all(
    found.map((id) =>
      environment.client.workflow
        .getHandle(id)
        .terminate()
        .catch(() => undefined),
    ),
  );
}

describe('The limit of starts per employee', () => {
  it('accepts exactly that many, also from concurrent clients, and says when the next can start', async () => {
    const environment = await createEnvironment();
    await environment.startWorker();
    const outcomes = await withOtherClient(environment, (other) => {
      const clients = [
        createLimitedClient(environment.client, environment, 30),
        createLimitedClient(other, environment, 30),
      ];
      const starts = clients.flatMap((signings) =>
        Array.from({ length: 30 }, () => signings.start(createRequest())),
      );
      return Promise.allSettled(starts);
    });
    const refused = outcomes.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []));
    expect(outcomes.length - refused.length).toBe(30);
    for (const error of refused) {
      expect(error).toBeInstanceOf(TooManyStartsError);
      const { retryAfterMs } = error as TooManyStartsError;
      expect(retryAfterMs).toBeGreaterThan(0);
      expect(retryAfterMs).toBeLessThanOrEqual(HOUR_MS);
    }
    await waitUntil(
      'the list has all of them',
      async () => (await listWorkflowIds(environment)).length === 30,
    );
    await terminateAll(environment);
  });

  it('makes no second reservation for a repeated start, which succeeds also at the limit', async () => {
    const environment = await createEnvironment();
    await environment.startWorker();
    const signings = createLimitedClient(environment.client, environment, 2);
    const first = createRequest();
    const simultaneous = await Promise.all([1, 2, 3].map(() => signings.start(first)));
    expect(simultaneous.filter(({ created }) => created)).toHaveLength(1);
    await signings.start(createRequest());
    expect(await signings.start(first)).toMatchObject({ created: false });
    expect(await captureRejection(signings.start({ ...first, name: 'Another name' }))).toBeInstanceOf(
      RequestConflictError,
    );
    expect(await captureRejection(signings.start(createRequest()))).toBeInstanceOf(TooManyStartsError);
    await terminateAll(environment);
  });

  it('makes no reservation for a conflict or a late repetition', async () => {
    const environment = await createEnvironment();
    await environment.startWorker();
    const before = createRequest();
    await createSigningClient(environment.client, environment.taskQueue).start(before);
    const signings = createLimitedClient(environment.client, environment, 1);
    expect(await signings.start(before)).toMatchObject({ created: false });
    expect(await captureRejection(signings.start({ ...before, deadlineDays: 3 }))).toBeInstanceOf(
      RequestConflictError,
    );
    expect(await signings.start(createRequest())).toMatchObject({ created: true });
    await terminateAll(environment);
  });

  it('counts each employee separately, and nobody without a limit', async () => {
    const environment = await createEnvironment();
    await environment.startWorker();
    const signings = createLimitedClient(environment.client, environment, 1);
    await signings.start(createRequest());
    expect(await captureRejection(signings.start(createRequest()))).toBeInstanceOf(TooManyStartsError);
    expect(await signings.start(createRequest({ employeeId: '46' }))).toMatchObject({ created: true });
    const unlimited = createSigningClient(environment.client, environment.taskQueue);
    expect(await unlimited.start(createRequest())).toMatchObject({ created: true });
    await terminateAll(environment);
  });

  it('holds also with encrypted payloads and failures', async () => {
    const environment = await createEnvironment();
    const keys = `test:${generatePayloadKey()}`;
    await environment.startWorker({ SIGNING_PAYLOAD_KEYS: keys });
    const { connection, options } = environment.client;
    const { namespace } = options;
    const client = new Client({
      connection,
      namespace,
      dataConverter: createDataConverter(parsePayloadKeys(keys)),
    });
    const signings = createLimitedClient(client, environment, 1);
    await signings.start(createRequest());
    expect(await captureRejection(signings.start(createRequest()))).toBeInstanceOf(TooManyStartsError);
    await terminateAll(environment);
  });

  it('uses the list of signings if no worker answers, and a later worker counts those starts too', async () => {
    const environment = await createEnvironment();
    // Registers the search attributes, as a worker has on any namespace in use.
    const worker = await environment.startWorker();
    worker.kill('SIGKILL');
    await worker.exited;
    const signings = createLimitedClient(environment.client, environment, 2);
    await Promise.all([signings.start(createRequest()), signings.start(createRequest())]);
    await waitUntil('the list has both', async () => (await listWorkflowIds(environment)).length === 2);
    expect(await captureRejection(signings.start(createRequest()))).toBeInstanceOf(TooManyStartsError);
    // The list forgets them, the count does not.
    await terminateAll(environment);
    for (const id of await listWorkflowIds(environment)) await deleteWorkflow(environment, id);
    await waitUntil('the list is empty', async () => (await listWorkflowIds(environment)).length === 0);
    await environment.startWorker();
    expect(await captureRejection(signings.start(createRequest()))).toBeInstanceOf(TooManyStartsError);
  });
});

describe('A count of starts with a long history', () => {
  const createSmallEnvironment = useRealEnvironments({
    dynamicConfig: { 'limit.historyCount.suggestContinueAsNew': 20 },
  });

  it('continues in a fresh run with all starts', async () => {
    const environment = await createSmallEnvironment();
    await environment.startWorker();
    const signings = createLimitedClient(environment.client, environment, 12);
    const outcomes = await Promise.allSettled(
      Array.from({ length: 20 }, () => signings.start(createRequest())),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(12);
    const id = `signing-starts/${environment.taskQueue}/45`;
    const runs: string[] = [];
    await waitUntil('the list has several runs', async () => {
      runs.length = 0;
      for await (const { runId } of environment.client.workflow.list({ query: `WorkflowId = '${id}'` }))
        runs.push(runId);
      return runs.length > 1;
    });
    await terminateAll(environment);
  });
});

async function deleteWorkflow({ client }: RealEnvironment, workflowId: string): Promise<void> {
  const { namespace } = client.options;
  await client.workflowService.deleteWorkflowExecution({ namespace, workflowExecution: { workflowId } });
}
