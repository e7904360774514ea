import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import {
  createDataConverter,
  createSigningClient,
  parsePayloadKeys,
  RequestConflictError,
  TooManyStartsError,
  type SigningClient,
} from '../../src/starter/index.js';
import { eventually, rejection } from '../support/outcomes.js';
import { freshKey } from '../support/payload-keys.js';
import { realWorlds, type RealWorld } from '../support/real-world.js';
import { requestFor } from '../support/signing.js';

const newWorld = realWorlds();
const HOUR_MS = 3_600_000;

const request = (change: Record<string, unknown> = {}) => ({
  ...requestFor(`test-${randomUUID()}`),
  ...change,
});

const limited = (client: Client, { taskQueue }: RealWorld, startsPerHour: number): SigningClient =>
  createSigningClient(client, taskQueue, { startsPerHour });

/** As another gateway has it: on a connection of its own. */
async function withOtherClient<Result>(
  { env }: RealWorld,
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
async function sessionsOf({ client, taskQueue }: RealWorld): Promise<string[]> {
  const found: string[] = [];
  const query = `WorkflowType = 'signingSession' AND TaskQueue = '${taskQueue}'`;
  for await (const { workflowId } of client.workflow.list({ query })) found.push(workflowId);
  return found;
}

async function endSessions(world: RealWorld): Promise<void> {
  const found = await sessionsOf(world);
  await Promise.all(
    found.map((id) =>
      world.client.workflow
        .getHandle(id)
        .terminate()
        .catch(() => undefined),
    ),
  );
}

describe('The limit of starts per employee', () => {
  it('lets exactly so many through, however many clients ask at once, and says when the next can be', async () => {
    const world = await newWorld();
    await world.startWorker();
    const outcomes = await withOtherClient(world, (other) => {
      const clients = [limited(world.client, world, 30), limited(other, world, 30)];
      const starts = clients.flatMap((signings) =>
        Array.from({ length: 30 }, () => signings.start(request())),
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
    await eventually('the list has all of them', async () => (await sessionsOf(world)).length === 30);
    await endSessions(world);
  });

  it('takes no second place for a repetition, which is answered also when all are taken', async () => {
    const world = await newWorld();
    await world.startWorker();
    const signings = limited(world.client, world, 2);
    const first = request();
    const simultaneous = await Promise.all([1, 2, 3].map(() => signings.start(first)));
    expect(simultaneous.filter(({ created }) => created)).toHaveLength(1);
    await signings.start(request());
    expect(await signings.start(first)).toMatchObject({ created: false });
    expect(await rejection(signings.start({ ...first, name: 'Another name' }))).toBeInstanceOf(
      RequestConflictError,
    );
    expect(await rejection(signings.start(request()))).toBeInstanceOf(TooManyStartsError);
    await endSessions(world);
  });

  it('takes no place for a conflict or a repetition of long ago', async () => {
    const world = await newWorld();
    await world.startWorker();
    const before = request();
    await createSigningClient(world.client, world.taskQueue).start(before);
    const signings = limited(world.client, world, 1);
    expect(await signings.start(before)).toMatchObject({ created: false });
    expect(await rejection(signings.start({ ...before, deadlineDays: 3 }))).toBeInstanceOf(
      RequestConflictError,
    );
    expect(await signings.start(request())).toMatchObject({ created: true });
    await endSessions(world);
  });

  it('counts each employee alone, and not at all where no limit was asked for', async () => {
    const world = await newWorld();
    await world.startWorker();
    const signings = limited(world.client, world, 1);
    await signings.start(request());
    expect(await rejection(signings.start(request()))).toBeInstanceOf(TooManyStartsError);
    expect(await signings.start(request({ employeeId: '46' }))).toMatchObject({ created: true });
    const unlimited = createSigningClient(world.client, world.taskQueue);
    expect(await unlimited.start(request())).toMatchObject({ created: true });
    await endSessions(world);
  });

  it('holds where payloads and failures are encrypted', async () => {
    const world = await newWorld();
    const keys = `test:${freshKey()}`;
    await world.startWorker({ SIGNING_PAYLOAD_KEYS: keys });
    const { connection, options } = world.client;
    const { namespace } = options;
    const client = new Client({
      connection,
      namespace,
      dataConverter: createDataConverter(parsePayloadKeys(keys)),
    });
    const signings = limited(client, world, 1);
    await signings.start(request());
    expect(await rejection(signings.start(request()))).toBeInstanceOf(TooManyStartsError);
    await endSessions(world);
  });

  it('is kept from the list of sessions where no worker answers, and a worker that comes counts those too', async () => {
    const world = await newWorld();
    // Registers the search attributes, as a worker has on any namespace in use.
    const worker = await world.startWorker();
    worker.kill('SIGKILL');
    await worker.ended;
    const signings = limited(world.client, world, 2);
    await Promise.all([signings.start(request()), signings.start(request())]);
    await eventually('the list has both', async () => (await sessionsOf(world)).length === 2);
    expect(await rejection(signings.start(request()))).toBeInstanceOf(TooManyStartsError);
    // The list forgets them, the count does not.
    await endSessions(world);
    for (const id of await sessionsOf(world)) await deleteSession(world, id);
    await eventually('the list has none', async () => (await sessionsOf(world)).length === 0);
    await world.startWorker();
    expect(await rejection(signings.start(request()))).toBeInstanceOf(TooManyStartsError);
  });
});

describe('A count of starts whose history has grown long', () => {
  const newSmallWorld = realWorlds({ dynamicConfig: { 'limit.historyCount.suggestContinueAsNew': 20 } });

  it('goes on in a fresh run that knows all of them', async () => {
    const world = await newSmallWorld();
    await world.startWorker();
    const signings = limited(world.client, world, 12);
    const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => signings.start(request())));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(12);
    const id = `signing-starts/${world.taskQueue}/45`;
    const runs: string[] = [];
    await eventually('the list has several runs', async () => {
      runs.length = 0;
      for await (const { runId } of world.client.workflow.list({ query: `WorkflowId = '${id}'` }))
        runs.push(runId);
      return runs.length > 1;
    });
    await endSessions(world);
  });
});

async function deleteSession({ client }: RealWorld, workflowId: string): Promise<void> {
  const { namespace } = client.options;
  await client.workflowService.deleteWorkflowExecution({ namespace, workflowExecution: { workflowId } });
}
