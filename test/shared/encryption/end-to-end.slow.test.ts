import { DefaultLogger, Runtime } from '@temporalio/worker';
import { resolve } from 'node:path';
import { findFreePort } from '../../../scripts/processes/ports.js';
import { type TemporalServer, startTemporalServer } from '../../../scripts/processes/temporal-server.js';
import { createDataConverter, parsePayloadKeys } from '../../../src/shared/encryption/index.js';
import { createEncryptedClient, generatePayloadKey } from '../../support/encrypted-client.js';
import {
  DOCUMENT,
  PERSONAL_DATA,
  SECRETS,
  type ScenarioResult,
  runScenario,
} from '../../support/encryption-scenario.js';
import {
  type RawPayload,
  collectText,
  findFailures,
  findPayloads,
  isWrittenBySdk,
} from '../../support/raw-data.js';
import { type RealEnvironment, createRealEnvironment } from '../../support/real-environment.js';
import { replayHistories } from '../../support/recorded-histories.js';

/** The same scenario twice, with a key and without. */
interface EncryptionRun extends ScenarioResult {
  readonly environment: RealEnvironment;
  readonly keys: string;
  /** The worker's log at level debug, and its metrics. */
  readonly workerOutput: string;
}

const KEYS = `k1:${generatePayloadKey()}`;
const environments: RealEnvironment[] = [];
const servers: TemporalServer[] = [];
let encrypted: EncryptionRun;
let plain: EncryptionRun;

beforeAll(async () => {
  // A replay without the key logs much.
  Runtime.install({
    logger: new DefaultLogger('ERROR', () => undefined),
    telemetryOptions: { logging: { filter: 'OFF' } },
  });
  encrypted = await runWithKeys(KEYS);
  plain = await runWithKeys('');
}, 180_000);

afterAll(async () => {
  await Promise.all(environments.map((environment) => environment.close()));
  await Promise.all(servers.map((server) => server.stop()));
});

async function runWithKeys(keys: string): Promise<EncryptionRun> {
  const server = await startTemporalServer();
  servers.push(server);
  const environment = await createRealEnvironment(server);
  environments.push(environment);
  const metrics = `127.0.0.1:${await findFreePort()}`;
  const worker = await environment.startWorker({
    SIGNING_PAYLOAD_KEYS: keys,
    SIGNING_LOG_LEVEL: 'debug',
    SIGNING_METRICS_ADDRESS: metrics,
  });
  const result = await runScenario(environment, createEncryptedClient(environment, keys));
  const measured = await (await fetch(`http://${metrics}/metrics`)).text();
  return { ...result, environment, keys, workerOutput: `${worker.output()}\n${measured}` };
}

/** The server's payload for an activity that was cancelled between two attempts. */
const SERVER_WRITTEN_PAYLOAD = '"ACTIVITY_ID_NOT_STARTED"';

const isSearchAttribute = ({ path }: RawPayload): boolean =>
  /\.(searchAttributes|indexedFields)\b/.test(path);
const findLeaked = (telling: EncryptionRun, values: readonly string[]): string[] =>
  values.filter((value) => !collectText(telling.rawData).includes(value));

describe('With a payload key', () => {
  it('no data of a signing on the server names the participant, a document, the API key or an upload token', () => {
    expect(findLeaked(encrypted, [...PERSONAL_DATA, DOCUMENT, ...SECRETS])).toEqual([
      ...PERSONAL_DATA,
      DOCUMENT,
      ...SECRETS,
    ]);
  });

  it('every payload is encrypted but search attributes, the mark of a start and payloads written by server and SDK', () => {
    const payloads = findPayloads(encrypted.rawData).filter(
      (payload) => !isSearchAttribute(payload) && !isWrittenBySdk(payload),
    );
    const readable = payloads.filter(({ keyId }) => keyId !== 'k1');
    expect(new Set(readable.map(({ data }) => data))).toEqual(new Set([SERVER_WRITTEN_PAYLOAD]));
    expect(payloads.length).toBeGreaterThan(readable.length);
    expect(new Set(payloads.filter(({ keyId }) => keyId === 'k1').map(({ encoding }) => encoding))).toEqual(
      new Set(['binary/encrypted']),
    );
  });

  it.each([
    ['the input', /workflowExecutionStartedEventAttributes\.input\./],
    ['summaries', /\.userMetadata\.summary$/],
    ['the current details', /\.queryResult\./],
    ['the input of activities', /activityTaskScheduledEventAttributes\.input\./],
    ['their results', /activityTaskCompletedEventAttributes\.result\./],
    ['the results of local activities', /markerRecordedEventAttributes\.details\.result\./],
    ['their heartbeats', /\.pendingActivities\.\d+\.heartbeatDetails\./],
    [
      'the details of their failures',
      /activityTaskFailedEventAttributes\.failure\.applicationFailureInfo\.details\./,
    ],
    ['messages of failures', /\.encodedAttributes$/],
    ['the last failure of a retried activity', /\.lastFailure\.encodedAttributes$/],
    ['decisions', /workflowExecutionUpdateAcceptedEventAttributes\..*\.args\./],
    ['results of decisions', /workflowExecutionUpdateCompletedEventAttributes\.outcome\.success\./],
    ['the result', /workflowExecutionCompletedEventAttributes\.result\./],
    ['the failure of the workflow', /workflowExecutionFailedEventAttributes\.failure\.encodedAttributes$/],
  ])('that includes %s', (_, pattern) => {
    expect(findPayloads(encrypted.rawData).filter(({ path }) => pattern.test(path)).length).toBeGreaterThan(
      0,
    );
  });

  it('failures show neither message nor stack', () => {
    const failures = findFailures(encrypted.rawData);
    expect(failures.length).toBeGreaterThan(5);
    expect(new Set(failures.map(({ message }) => message))).toEqual(new Set(['Encoded failure']));
    expect(new Set(failures.map(({ stackTrace }) => stackTrace))).toEqual(new Set(['']));
  });

  it('search attributes stay readable, so that signings can be found', () => {
    const attributes = findPayloads(encrypted.rawData).filter(isSearchAttribute);
    expect(new Set(attributes.map(({ encoding }) => encoding))).toEqual(new Set(['json/plain']));
    expect(collectText(encrypted.rawData)).toContain('opportunity/0061');
  });

  it('the client gets clear messages about refused decisions and rejected requests', () => {
    expect(encrypted.refusal).toHaveProperty('message', expect.stringContaining('possible'));
    expect(encrypted.rejection).toHaveProperty('message', expect.stringContaining(DOCUMENT));
  });
});

describe('Without a key', () => {
  it('the same search finds the participant, but neither the API key nor an upload token', () => {
    expect(findLeaked(plain, [...PERSONAL_DATA, DOCUMENT, ...SECRETS])).toEqual(SECRETS);
  });

  it('failures are readable in the history', () => {
    const messages = findFailures(plain.rawData).map(({ message }) => message);
    expect(messages).not.toContain('Encoded failure');
    expect(messages).toContainEqual(expect.stringContaining(DOCUMENT));
  });
});

it('Logs and metrics of a worker name neither participant nor secret, with a key or without', () => {
  for (const { workerOutput, keys } of [encrypted, plain]) {
    expect(workerOutput).toContain('temporal_workflow_completed');
    const key = keys.slice('k1:'.length);
    const values = [...PERSONAL_DATA, ...SECRETS, ...(key === '' ? [] : [key])];
    expect(values.filter((value) => workerOutput.includes(value))).toEqual([]);
  }
});

describe('A history', () => {
  const replay = async (telling: EncryptionRun, keys: string): Promise<unknown[]> => {
    const client = createEncryptedClient(telling.environment, telling.keys);
    const histories = Object.values(telling.workflowIds).map(async (workflowId) => ({
      workflowId,
      history: await client.workflow.getHandle(workflowId).fetchHistory(),
    }));
    const bundle = keys === '' ? 'workflow-bundle.js' : 'workflow-bundle-encrypting.js';
    const options = {
      workflowBundle: { codePath: resolve('dist', bundle) },
      dataConverter: createDataConverter(parsePayloadKeys(keys)),
    };
    return replayHistories(await Promise.all(histories), options);
  };

  it('in plain text is replayed by a worker with keys', async () => {
    expect(await replay(plain, KEYS)).toEqual([undefined, undefined, undefined]);
  });

  it('that is encrypted is replayed by a worker with the key, also after a rotation', async () => {
    expect(await replay(encrypted, KEYS)).toEqual([undefined, undefined, undefined]);
    expect(await replay(encrypted, `k2:${generatePayloadKey()},${KEYS}`)).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('that is encrypted is not replayed by a worker without the key', async () => {
    expect(await replay(encrypted, '')).toEqual([expect.any(Error), expect.any(Error), expect.any(Error)]);
  });
});
