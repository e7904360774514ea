import { resolve } from 'node:path';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { freePort } from '../../scripts/ports.js';
import { startTemporalServer, type TemporalServer } from '../../scripts/temporal-server.js';
import { createDataConverter, parsePayloadKeys } from '../../src/encryption/index.js';
import { freshKey } from '../support/payload-keys.js';
import { createRealWorld, type RealWorld } from '../support/real-world.js';
import { objectionsTo } from '../support/replay.js';
import { clientWith } from './client.js';
import {
  failuresIn,
  isMarkOfStart,
  isWrittenBySdk,
  payloadsIn,
  textOf,
  type RawPayload,
} from './raw-data.js';
import { PERSONAL, SECRETS, tellStory, DOCUMENT, type Told } from './story.js';

/** The same story twice, told with a key and without. */
interface Telling extends Told {
  readonly world: RealWorld;
  readonly keys: string;
  /** What the worker wrote at its most talkative, and its metrics. */
  readonly written: string;
}

const KEYS = `k1:${freshKey()}`;
const worlds: RealWorld[] = [];
const servers: TemporalServer[] = [];
let secret: Telling;
let plain: Telling;

beforeAll(async () => {
  // A replay without the key complains at length.
  Runtime.install({
    logger: new DefaultLogger('ERROR', () => undefined),
    telemetryOptions: { logging: { filter: 'OFF' } },
  });
  secret = await tell(KEYS);
  plain = await tell('');
}, 180_000);

afterAll(async () => {
  await Promise.all(worlds.map((world) => world.close()));
  await Promise.all(servers.map((server) => server.stop()));
});

async function tell(keys: string): Promise<Telling> {
  const server = await startTemporalServer();
  servers.push(server);
  const world = await createRealWorld(server);
  worlds.push(world);
  const metrics = `127.0.0.1:${await freePort()}`;
  const worker = await world.startWorker({
    SIGNING_PAYLOAD_KEYS: keys,
    SIGNING_LOG_LEVEL: 'debug',
    SIGNING_METRICS_ADDRESS: metrics,
  });
  const told = await tellStory(world, clientWith(world, keys));
  const measured = await (await fetch(`http://${metrics}/metrics`)).text();
  return { ...told, world, keys, written: `${worker.output()}\n${measured}` };
}

/** The server's word on an activity that was cancelled between two attempts. */
const WRITTEN_BY_THE_SERVER = '"ACTIVITY_ID_NOT_STARTED"';

const isSearchAttribute = ({ path }: RawPayload): boolean =>
  /\.(searchAttributes|indexedFields)\b/.test(path);
const heldBack = (telling: Telling, values: readonly string[]): string[] =>
  values.filter((value) => !textOf(telling.seen).includes(value));

describe('With a payload key', () => {
  it('nothing that the server has of a session names the participant, a document, the API key or an upload token', () => {
    expect(heldBack(secret, [...PERSONAL, DOCUMENT, ...SECRETS])).toEqual([
      ...PERSONAL,
      DOCUMENT,
      ...SECRETS,
    ]);
  });

  it('every payload is encrypted but search attributes, the mark of a start and what server and SDK themselves have written', () => {
    const payloads = payloadsIn(secret.seen).filter(
      (payload) => !isSearchAttribute(payload) && !isWrittenBySdk(payload) && !isMarkOfStart(payload),
    );
    const readable = payloads.filter(({ keyId }) => keyId !== 'k1');
    expect(new Set(readable.map(({ data }) => data))).toEqual(new Set([WRITTEN_BY_THE_SERVER]));
    expect(payloads.length).toBeGreaterThan(readable.length);
    expect(new Set(payloads.filter(({ keyId }) => keyId === 'k1').map(({ encoding }) => encoding))).toEqual(
      new Set(['binary/encrypted']),
    );
  });

  it.each([
    ['the input', /workflowExecutionStartedEventAttributes\.input\./],
    ['summaries', /\.userMetadata\.summary$/],
    ['the details at the moment', /\.queryResult\./],
    ['the input of activities', /activityTaskScheduledEventAttributes\.input\./],
    ['their results', /activityTaskCompletedEventAttributes\.result\./],
    ['the results of calls within the task', /markerRecordedEventAttributes\.details\.result\./],
    ['their heartbeats', /\.pendingActivities\.\d+\.heartbeatDetails\./],
    [
      'the details of their failures',
      /activityTaskFailedEventAttributes\.failure\.applicationFailureInfo\.details\./,
    ],
    ['what failures say', /\.encodedAttributes$/],
    ['what a retry failed with', /\.lastFailure\.encodedAttributes$/],
    ['decisions', /workflowExecutionUpdateAcceptedEventAttributes\..*\.args\./],
    ['the answers to them', /workflowExecutionUpdateCompletedEventAttributes\.outcome\.success\./],
    ['the result', /workflowExecutionCompletedEventAttributes\.result\./],
    ['why the workflow failed', /workflowExecutionFailedEventAttributes\.failure\.encodedAttributes$/],
  ])('that goes for %s', (_, place) => {
    expect(payloadsIn(secret.seen).filter(({ path }) => place.test(path)).length).toBeGreaterThan(0);
  });

  it('failures show neither message nor stack', () => {
    const failures = failuresIn(secret.seen);
    expect(failures.length).toBeGreaterThan(5);
    expect(new Set(failures.map(({ message }) => message))).toEqual(new Set(['Encoded failure']));
    expect(new Set(failures.map(({ stackTrace }) => stackTrace))).toEqual(new Set(['']));
  });

  it('search attributes stay readable, so that sessions can be found', () => {
    const attributes = payloadsIn(secret.seen).filter(isSearchAttribute);
    expect(new Set(attributes.map(({ encoding }) => encoding))).toEqual(new Set(['json/plain']));
    expect(textOf(secret.seen)).toContain('opportunity/0061');
  });

  it('the client is told in clear words what was refused and why a request was rejected', () => {
    expect(secret.refusal).toHaveProperty('message', expect.stringContaining('possible'));
    expect(secret.rejection).toHaveProperty('message', expect.stringContaining(DOCUMENT));
  });
});

describe('Without a key', () => {
  it('the same looks find the participant, but still neither the API key nor an upload token', () => {
    expect(heldBack(plain, [...PERSONAL, DOCUMENT, ...SECRETS])).toEqual(SECRETS);
  });

  it('failures can be read in the history by whoever runs the server', () => {
    const messages = failuresIn(plain.seen).map(({ message }) => message);
    expect(messages).not.toContain('Encoded failure');
    expect(messages).toContainEqual(expect.stringContaining(DOCUMENT));
  });
});

it('Logs and metrics of a worker name neither participant nor secret, with a key or without', () => {
  for (const { written, keys } of [secret, plain]) {
    expect(written).toContain('temporal_workflow_completed');
    const key = keys.slice('k1:'.length);
    const values = [...PERSONAL, ...SECRETS, ...(key === '' ? [] : [key])];
    expect(values.filter((value) => written.includes(value))).toEqual([]);
  }
});

describe('A history', () => {
  const replay = async (telling: Telling, keys: string): Promise<unknown[]> => {
    const client = clientWith(telling.world, telling.keys);
    const histories = Object.values(telling.workflowIds).map(async (workflowId) => ({
      workflowId,
      history: await client.workflow.getHandle(workflowId).fetchHistory(),
    }));
    const bundle = keys === '' ? 'workflow-bundle.js' : 'workflow-bundle-encrypting.js';
    const options = {
      workflowBundle: { codePath: resolve('dist', bundle) },
      dataConverter: createDataConverter(parsePayloadKeys(keys)),
    };
    return objectionsTo(await Promise.all(histories), options);
  };

  it('in plain text is replayed by a worker with keys', async () => {
    expect(await replay(plain, KEYS)).toEqual([undefined, undefined, undefined]);
  });

  it('that is encrypted is replayed by a worker with the key, also after a rotation', async () => {
    expect(await replay(secret, KEYS)).toEqual([undefined, undefined, undefined]);
    expect(await replay(secret, `k2:${freshKey()},${KEYS}`)).toEqual([undefined, undefined, undefined]);
  });

  it('that is encrypted is not replayed by a worker without the key', async () => {
    expect(await replay(secret, '')).toEqual([expect.any(Error), expect.any(Error), expect.any(Error)]);
  });
});
