import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import {
  createDataConverter,
  createSigningClient,
  parsePayloadKeys,
  RequestConflictError,
  TooManyStartsError,
  type SigningClient,
} from '../../src/client/index.js';
import { waitUntil, captureRejection } from '../support/async-helpers.js';
import { generatePayloadKey } from '../support/encrypted-client.js';
import { useRealEnvironments, type RealEnvironment } from '../support/real-environment.js';
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

/** As another gateway has it: on a connection of its own. */
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

/** The sessions of a world's task queue, as the server lists them. */
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
  it('lets exactly so many through, however many clients ask at once, and says when the next can be', async () => {
    const world = await createEnvironment();
    await world.startWorker();
    const outcomes = await withOtherClient(world, (other) => {
      const clients = [createLimitedClient(world.client, world, 30), createLimitedClient(other, world, 30)];
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
    await waitUntil('the list has all of them', async () => (await listWorkflowIds(world)).length === 30);
    await terminateAll(world);
  });

  it('takes no second place for a repetition, which is answered also when all are taken', async () => {
    const world = await createEnvironment();
    await world.startWorker();
    const signings = createLimitedClient(world.client, world, 2);
    const first = createRequest();
    const simultaneous = await Promise.all([1, 2, 3].map(() => signings.start(first)));
    expect(simultaneous.filter(({ created }) => created)).toHaveLength(1);
    await signings.start(createRequest());
    expect(await signings.start(first)).toMatchObject({ created: false });
    expect(await captureRejection(signings.start({ ...first, name: 'Another name' }))).toBeInstanceOf(
      RequestConflictError,
    );
    expect(await captureRejection(signings.start(createRequest()))).toBeInstanceOf(TooManyStartsError);
    await terminateAll(world);
  });

  it('takes no place for a conflict or a repetition of long ago', async () => {
    const world = await createEnvironment();
    await world.startWorker();
    const before = createRequest();
    await createSigningClient(world.client, world.taskQueue).start(before);
    const signings = createLimitedClient(world.client, world, 1);
    expect(await signings.start(before)).toMatchObject({ created: false });
    expect(await captureRejection(signings.start({ ...before, deadlineDays: 3 }))).toBeInstanceOf(
      RequestConflictError,
    );
    expect(await signings.start(createRequest())).toMatchObject({ created: true });
    await terminateAll(world);
  });

  it('counts each employee alone, and not at all where no limit was asked for', async () => {
    const world = await createEnvironment();
    await world.startWorker();
    const signings = createLimitedClient(world.client, world, 1);
    await signings.start(createRequest());
    expect(await captureRejection(signings.start(createRequest()))).toBeInstanceOf(TooManyStartsError);
    expect(await signings.start(createRequest({ employeeId: '46' }))).toMatchObject({ created: true });
    const unlimited = createSigningClient(world.client, world.taskQueue);
    expect(await unlimited.start(createRequest())).toMatchObject({ created: true });
    await terminateAll(world);
  });

  it('holds where payloads and failures are encrypted', async () => {
    const world = await createEnvironment();
    const keys = `test:${generatePayloadKey()}`;
    await world.startWorker({ SIGNING_PAYLOAD_KEYS: keys });
    const { connection, options } = world.client;
    const { namespace } = options;
    const client = new Client({
      connection,
      namespace,
      dataConverter: createDataConverter(parsePayloadKeys(keys)),
    });
    const signings = createLimitedClient(client, world, 1);
    await signings.start(createRequest());
    expect(await captureRejection(signings.start(createRequest()))).toBeInstanceOf(TooManyStartsError);
    await terminateAll(world);
  });

  it('is kept from the list of sessions where no worker answers, and a worker that comes counts those too', async () => {
    const world = await createEnvironment();
    // Registers the search attributes, as a worker has on any namespace in use.
    const worker = await world.startWorker();
    worker.kill('SIGKILL');
    await worker.exited;
    const signings = createLimitedClient(world.client, world, 2);
    await Promise.all([signings.start(createRequest()), signings.start(createRequest())]);
    await waitUntil('the list has both', async () => (await listWorkflowIds(world)).length === 2);
    expect(await captureRejection(signings.start(createRequest()))).toBeInstanceOf(TooManyStartsError);
    // The list forgets them, the count does not.
    await terminateAll(world);
    for (const id of await listWorkflowIds(world)) await deleteWorkflow(world, id);
    await waitUntil('the list has none', async () => (await listWorkflowIds(world)).length === 0);
    await world.startWorker();
    expect(await captureRejection(signings.start(createRequest()))).toBeInstanceOf(TooManyStartsError);
  });
});

describe('A count of starts whose history has grown long', () => {
  const newSmallWorld = useRealEnvironments({
    dynamicConfig: { 'limit.historyCount.suggestContinueAsNew': 20 },
  });

  it('goes on in a fresh run that knows all of them', async () => {
    const world = await newSmallWorld();
    await world.startWorker();
    const signings = createLimitedClient(world.client, world, 12);
    const outcomes = await Promise.allSettled(
      Array.from({ length: 20 }, () => signings.start(createRequest())),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(12);
    const id = `signing-starts/${world.taskQueue}/45`;
    const runs: string[] = [];
    await waitUntil('the list has several runs', async () => {
      runs.length = 0;
      for await (const { runId } of world.client.workflow.list({ query: `WorkflowId = '${id}'` }))
        runs.push(runId);
      return runs.length > 1;
    });
    await terminateAll(world);
  });
});

async function deleteWorkflow({ client }: RealEnvironment, workflowId: string): Promise<void> {
  const { namespace } = client.options;
  await client.workflowService.deleteWorkflowExecution({ namespace, workflowExecution: { workflowId } });
}
