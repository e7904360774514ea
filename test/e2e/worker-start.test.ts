import { randomUUID } from 'node:crypto';
import { NativeConnection } from '@temporalio/worker';
import { temporal } from '@temporalio/proto';
import { freePort } from '../../scripts/ports.js';
import { eventually } from '../support/outcomes.js';
import { realWorlds, type RealWorld } from '../support/real-world.js';
import { spawnWorker } from '../support/worker-process.js';

const newWorld = realWorlds();
const { IndexedValueType } = temporal.api.enums.v1;

/** Starts a worker that cannot start, and returns the one line it says about it. */
async function refusal(env: NodeJS.ProcessEnv): Promise<string> {
  const worker = spawnWorker(env);
  // One that starts all the same is ended, and fails the test by that.
  const force = setTimeout(() => {
    worker.kill('SIGKILL');
  }, 30_000);
  const ended = await worker.ended;
  clearTimeout(force);
  expect(ended).toEqual({ code: 1, signal: null });
  const lines = worker.stderr().trim().split('\n');
  expect(lines).toHaveLength(1);
  expect(worker.output()).not.toContain('worker ready');
  return lines[0] ?? '';
}

/** The variables of a world with some replaced; `undefined` leaves one out. */
const changed = ({ env }: RealWorld, change: NodeJS.ProcessEnv): NodeJS.ProcessEnv => ({ ...env, ...change });

describe('A worker does not start, and says why in one sentence,', () => {
  it.each<[string, NodeJS.ProcessEnv, string]>([
    ['without the address of flexperto', { FLEXPERTO_BASE_URL: '' }, 'FLEXPERTO_BASE_URL is missing'],
    ['without the API key', { FLEXPERTO_API_KEY: undefined }, 'FLEXPERTO_API_KEY is missing'],
    ['with a wrong address of flexperto', { FLEXPERTO_BASE_URL: 'tenant' }, 'FLEXPERTO_BASE_URL must be'],
    ['with a misspelt variable', { SIGNING_TASKQUEUE: 'a' }, 'did you mean SIGNING_TASK_QUEUE?'],
    [
      'without the documents',
      { SIGNING_DOCUMENT_ROOT: '/nowhere' },
      'SIGNING_DOCUMENT_ROOT must be a folder',
    ],
    ['with a wrong number', { SIGNING_POLL_SECONDS: 'often' }, 'SIGNING_POLL_SECONDS must be a number'],
    [
      'with a hand-over that is none',
      { FLEXPERTO_HANDOVER: 'POST /x' },
      'FLEXPERTO_HANDOVER must be a method',
    ],
    ['with keys that are none', { SIGNING_PAYLOAD_KEYS: 'key' }, 'SIGNING_PAYLOAD_KEYS is wrong'],
    [
      'on an address for metrics that is none',
      { SIGNING_METRICS_ADDRESS: '9464' },
      'SIGNING_METRICS_ADDRESS must be',
    ],
    [
      'on an impossible port for metrics',
      { SIGNING_METRICS_ADDRESS: '127.0.0.1:99999' },
      'SIGNING_METRICS_ADDRESS',
    ],
    ['on a name for metrics', { SIGNING_METRICS_ADDRESS: 'localhost:0' }, 'SIGNING_METRICS_ADDRESS'],
    [
      'with hosts that are addresses',
      { SIGNING_DOCUMENT_HOSTS: 'https://docs.example' },
      'SIGNING_DOCUMENT_HOSTS must be',
    ],
    [
      'in plain text beyond this machine',
      { TEMPORAL_ADDRESS: 'temporal.example:7233' },
      'SIGNING_PAYLOAD_KEYS',
    ],
    ['in a namespace that does not exist', { TEMPORAL_NAMESPACE: 'nowhere' }, 'nowhere'],
    ['with a certificate that is not there', { TEMPORAL_TLS_CLIENT_CERT_PATH: '/nowhere.pem' }, 'TEMPORAL_'],
  ])('%s', async (_, change, sentence) => {
    const said = await refusal(changed(await newWorld(), change));
    expect(said).toContain(sentence);
    expect(said).not.toMatch(/\bat .*:\d+:\d+/);
  });

  it('where no Temporal server answers', async () => {
    const address = `127.0.0.1:${await freePort()}`;
    const said = await refusal(changed(await newWorld(), { TEMPORAL_ADDRESS: address }));
    expect(said).toContain(`No Temporal server answers at ${address}`);
  });

  it('where another worker has the address for metrics', async () => {
    const world = await newWorld();
    const SIGNING_METRICS_ADDRESS = `127.0.0.1:${await freePort()}`;
    await world.startWorker({ SIGNING_METRICS_ADDRESS });
    expect(await refusal(changed(world, { SIGNING_METRICS_ADDRESS }))).toContain('SIGNING_METRICS_ADDRESS');
  });

  it('where a search attribute has another type, which it names', async () => {
    const world = await newWorld();
    const namespace = await newNamespace(world);
    await withOperator(world, (operator) =>
      operator.addSearchAttributes({
        namespace,
        searchAttributes: { FlexpertoSessionId: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD },
      }),
    );
    expect(await refusal(changed(world, { TEMPORAL_NAMESPACE: namespace }))).toBe(
      `The search attribute FlexpertoSessionId of namespace ${namespace} must have the type Int.`,
    );
  });
});

describe('A worker', () => {
  it('registers the search attributes in a fresh namespace, and finds them there the next time', async () => {
    const world = await newWorld();
    const namespace = await newNamespace(world);
    const first = await world.startWorker({ TEMPORAL_NAMESPACE: namespace });
    expect(first.output()).toContain('"search attributes registered"');
    const { customAttributes } = await withOperator(world, (operator) =>
      operator.listSearchAttributes({ namespace }),
    );
    expect(customAttributes).toMatchObject({
      SigningState: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
      SigningMethod: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
      EmployeeId: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
      CrmRecord: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
      FlexpertoSessionId: IndexedValueType.INDEXED_VALUE_TYPE_INT,
      SigningDeadline: IndexedValueType.INDEXED_VALUE_TYPE_DATETIME,
    });

    const second = await world.startWorker({ TEMPORAL_NAMESPACE: namespace });
    expect(second.output()).not.toContain('"search attributes registered"');
  });
});

async function withOperator<Result>(
  { env }: RealWorld,
  work: (operator: NativeConnection['operatorService']) => Promise<Result>,
): Promise<Result> {
  const connection = await NativeConnection.connect({ address: env['TEMPORAL_ADDRESS'] ?? '' });
  try {
    return await work(connection.operatorService);
  } finally {
    await connection.close();
  }
}

async function newNamespace({ client }: RealWorld): Promise<string> {
  const namespace = `fresh-${randomUUID()}`;
  const retention = { seconds: 86_400 };
  await client.workflowService.registerNamespace({
    namespace,
    workflowExecutionRetentionPeriod: retention as never,
  });
  await eventually('the namespace is there', () =>
    client.workflowService.describeNamespace({ namespace }).then(
      () => true,
      () => false,
    ),
  );
  return namespace;
}
