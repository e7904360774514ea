import { randomBytes, randomUUID } from 'node:crypto';
import { createSigningClient } from '../../src/client/index.js';
import { waitUntil } from '../support/async-helpers.js';
import { type CallbackReceiver, startCallbackReceiver } from '../support/callback-receiver.js';
import { createEncryptedClient, followWithClient, generatePayloadKey } from '../support/encrypted-client.js';
import {
  collectText,
  findPayloads,
  isWrittenBySdk,
  readHistoryTexts,
  readRawData,
} from '../support/raw-data.js';
import { API_KEY, type RealEnvironment, useRealEnvironments } from '../support/real-environment.js';
import { type Signing, createRequest, getCallbacksHandle } from '../support/signing.js';

const createEnvironment = useRealEnvironments();
let crm: CallbackReceiver;
beforeEach(async () => {
  crm = await startCallbackReceiver();
});
afterEach(() => crm.close());

const SECRET = `whsec_${randomBytes(32).toString('base64')}`;
const TOKEN = 'bearer-of-this-may-write-to-the-crm';
const CRM_MESSAGE = 'words-of-the-crm-about-Quastenflosser';
const CUSTOMER = {
  email: 'zoe.quastenflosser@example.invalid',
  firstname: 'Zoetrope',
  lastname: 'Quastenflosser',
  mobile: '+491520001122',
};
const PERSONAL_DATA = Object.values(CUSTOMER);
const NEVER_WRITTEN = [
  TOKEN,
  '/hooks',
  CRM_MESSAGE,
  SECRET.slice('whsec_'.length),
  API_KEY,
  ...PERSONAL_DATA,
];
/** Written by the server itself, on an attempt that was cancelled before it began. */
const NOT_STARTED = '"ACTIVITY_ID_NOT_STARTED"';

interface CallbackRun {
  readonly environment: RealEnvironment;
  readonly signing: Signing;
  /** The worker's whole log, at level debug. */
  readonly workerOutput: string;
}

/** Runs a signing whose CRM refuses the first callback with a message, and then accepts every one. */
async function runSigningWithCallbacks(keys: string): Promise<CallbackRun> {
  const environment = await createEnvironment();
  const worker = await environment.startWorker({
    SIGNING_CALLBACK_SECRET: SECRET,
    SIGNING_CALLBACK_HOSTS: crm.hosts.join(','),
    SIGNING_PAYLOAD_KEYS: keys,
    SIGNING_LOG_LEVEL: 'debug',
  });
  const client = createEncryptedClient(environment, keys);
  const signings = createSigningClient(client, environment.taskQueue);
  const requestId = `audited-${randomUUID()}`;
  crm.respondWith((response) => response.writeHead(500, { 'x-echo': CRM_MESSAGE }).end(CRM_MESSAGE));
  const callbackUrl = `${crm.url}?token=${TOKEN}`;
  await signings.start({ ...createRequest(requestId), participants: [CUSTOMER], callbackUrl });
  const signing = followWithClient(environment, client, requestId);
  await waitUntil('an attempt has failed', async () => (await signings.status(requestId)).callback !== null);
  expect((await signings.status(requestId)).callback).toMatchObject({ failure: 'the CRM answered 500' });
  crm.respondWith(204);
  await signing.signAll();
  await signing.result();
  await getCallbacksHandle(signing.handle).result();
  expect((await signings.status(requestId)).callback).toMatchObject({ order: 3 });
  return { environment, signing, workerOutput: worker.output() };
}

it('With a payload key the Temporal server has only encrypted payloads, and nothing names the address', async () => {
  const { environment, signing } = await runSigningWithCallbacks(`k1:${generatePayloadKey()}`);
  const callbacks = getCallbacksHandle(signing.handle);
  const seen = [
    await readRawData(environment.client, signing.handle.workflowId),
    await readRawData(environment.client, callbacks.workflowId),
  ];
  const text = collectText(seen);
  expect(NEVER_WRITTEN.filter((value) => text.includes(value))).toEqual([]);
  const readable = findPayloads(seen).filter(
    (payload) =>
      payload.keyId !== 'k1' &&
      !/\.(searchAttributes|indexedFields)\b/.test(payload.path) &&
      payload.data !== NOT_STARTED &&
      !isWrittenBySdk(payload),
  );
  expect(readable).toEqual([]);
  expect(findPayloads(seen).some(({ path }) => path.includes('memo'))).toBe(true);
});

it('Without a key the address is only in the inputs of workflows and activities; the log shows only the failure', async () => {
  const { signing, workerOutput } = await runSigningWithCallbacks('');
  const callbacks = getCallbacksHandle(signing.handle);
  const texts = [...(await readHistoryTexts(signing.handle)), ...(await readHistoryTexts(callbacks))];
  const withToken = texts.filter(({ text }) => text.includes(TOKEN));
  expect(withToken.length).toBeGreaterThan(0);
  for (const { at } of withToken) expect(at).toMatch(/EventAttributes\.input\./);
  for (const hidden of [CRM_MESSAGE, SECRET, API_KEY])
    expect(texts.filter(({ text }) => text.includes(hidden))).toEqual([]);
  const { raw, memo } = await callbacks.describe();
  const shown = JSON.stringify([memo, raw.executionConfig?.userMetadata]);
  expect(NEVER_WRITTEN.filter((value) => shown.includes(value))).toEqual([]);

  expect(workerOutput).toContain('the CRM answered 500');
  expect(NEVER_WRITTEN.filter((value) => workerOutput.includes(value))).toEqual([]);

  const sent = crm.received.map(({ headers, body }) => JSON.stringify(headers) + body).join('\n');
  const hidden = [...PERSONAL_DATA, SECRET, API_KEY, TOKEN, 'contract.pdf', 'Task-123'];
  expect(hidden.filter((value) => sent.includes(value))).toEqual([]);
});
