import { randomBytes, randomUUID } from 'node:crypto';
import { createSigningClient } from '../../src/starter/index.js';
import { clientWith, followWith } from '../encryption/client.js';
import { isMarkOfStart, isWrittenBySdk, payloadsIn, rawDataOf, textOf } from '../encryption/raw-data.js';
import { startCrm, type Crm } from '../support/crm.js';
import { textsInHistory } from '../support/history-texts.js';
import { eventually } from '../support/outcomes.js';
import { freshKey } from '../support/payload-keys.js';
import { API_KEY, realWorlds, type RealWorld } from '../support/real-world.js';
import { callbacksOf, requestFor, type Signing } from '../support/signing.js';

const newWorld = realWorlds();
let crm: Crm;
beforeEach(async () => {
  crm = await startCrm();
});
afterEach(() => crm.close());

const SECRET = `whsec_${randomBytes(32).toString('base64')}`;
const TOKEN = 'bearer-of-this-may-write-to-the-crm';
const WORDS = 'words-of-the-crm-about-Quastenflosser';
const CUSTOMER = {
  email: 'zoe.quastenflosser@example.invalid',
  firstname: 'Zoetrope',
  lastname: 'Quastenflosser',
  mobile: '+491520001122',
};
const PERSONAL = Object.values(CUSTOMER);
const NEVER_WRITTEN = [TOKEN, '/hooks', WORDS, SECRET.slice('whsec_'.length), API_KEY, ...PERSONAL];
/** Written by the server itself, on an attempt that was cancelled before it began. */
const NOT_STARTED = '"ACTIVITY_ID_NOT_STARTED"';

interface Audited {
  readonly world: RealWorld;
  readonly signing: Signing;
  /** Everything that the worker has written, at its most talkative. */
  readonly written: string;
}

/** A session whose CRM refuses once, with many words, and then takes everything. */
async function calledBack(keys: string): Promise<Audited> {
  const world = await newWorld();
  const worker = await world.startWorker({
    SIGNING_CALLBACK_SECRET: SECRET,
    SIGNING_CALLBACK_HOSTS: crm.hosts.join(','),
    SIGNING_PAYLOAD_KEYS: keys,
    SIGNING_LOG_LEVEL: 'debug',
  });
  const client = clientWith(world, keys);
  const signings = createSigningClient(client, world.taskQueue);
  const requestId = `audited-${randomUUID()}`;
  crm.answer((response) => response.writeHead(500, { 'x-echo': WORDS }).end(WORDS));
  const callbackUrl = `${crm.url}?token=${TOKEN}`;
  await signings.start({ ...requestFor(requestId), participants: [CUSTOMER], callbackUrl });
  const signing = followWith(world, client, requestId);
  await eventually('an attempt has failed', async () => (await signings.status(requestId)).callback !== null);
  expect((await signings.status(requestId)).callback).toMatchObject({ failure: 'the CRM answered 500' });
  crm.answer(204);
  await signing.signAll();
  await signing.result();
  await callbacksOf(signing.handle).result();
  expect((await signings.status(requestId)).callback).toMatchObject({ order: 3 });
  return { world, signing, written: worker.output() };
}

it('With a payload key nothing that the server has names the address, and every payload is encrypted', async () => {
  const { world, signing } = await calledBack(`k1:${freshKey()}`);
  const callbacks = callbacksOf(signing.handle);
  const seen = [
    await rawDataOf(world.client, signing.handle.workflowId),
    await rawDataOf(world.client, callbacks.workflowId),
  ];
  const text = textOf(seen);
  expect(NEVER_WRITTEN.filter((value) => text.includes(value))).toEqual([]);
  const readable = payloadsIn(seen).filter(
    (payload) =>
      payload.keyId !== 'k1' &&
      !/\.(searchAttributes|indexedFields)\b/.test(payload.path) &&
      payload.data !== NOT_STARTED &&
      !isWrittenBySdk(payload) &&
      !isMarkOfStart(payload),
  );
  expect(readable).toEqual([]);
  expect(payloadsIn(seen).some(({ path }) => path.includes('memo'))).toBe(true);
});

it('Without one the address stands in the input of a workflow or a call, and nowhere else; the log tells of the failure alone', async () => {
  const { signing, written } = await calledBack('');
  const callbacks = callbacksOf(signing.handle);
  const texts = [...(await textsInHistory(signing.handle)), ...(await textsInHistory(callbacks))];
  const withToken = texts.filter(({ text }) => text.includes(TOKEN));
  expect(withToken.length).toBeGreaterThan(0);
  for (const { at } of withToken) expect(at).toMatch(/EventAttributes\.input\./);
  for (const hidden of [WORDS, SECRET, API_KEY])
    expect(texts.filter(({ text }) => text.includes(hidden))).toEqual([]);
  const { raw, memo } = await callbacks.describe();
  const shown = JSON.stringify([memo, raw.executionConfig?.userMetadata]);
  expect(NEVER_WRITTEN.filter((value) => shown.includes(value))).toEqual([]);

  expect(written).toContain('the CRM answered 500');
  expect(NEVER_WRITTEN.filter((value) => written.includes(value))).toEqual([]);

  const sent = crm.received.map(({ headers, body }) => JSON.stringify(headers) + body).join('\n');
  const hidden = [...PERSONAL, SECRET, API_KEY, TOKEN, 'contract.pdf', 'Task-123'];
  expect(hidden.filter((value) => sent.includes(value))).toEqual([]);
});
