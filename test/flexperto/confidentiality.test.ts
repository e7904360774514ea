import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { inspect } from 'node:util';
import type { FlexpertoClient } from '../../src/flexperto/index.js';
import { captureRejection } from '../support/async-helpers.js';
import { createLocalCertificate, startLocalServer } from '../support/local-server.js';
import {
  API_KEY,
  CALL_CONTEXT,
  type Reply,
  SESSION,
  closeVendorsAfterEach,
  createVendorClient,
  neverReply,
  replyWithStatus,
  resetConnection,
  startScriptedVendor,
  streamOf,
} from '../support/scripted-vendor.js';

closeVendorsAfterEach();

const TOKEN = 'eyJ0eXAiOiJKV1QifQ.eyJleHAiOjE3OTAwMDAwMDB9.c2lnbmF0dXJl';
const [participant] = SESSION.participants;
const secrets = [API_KEY, TOKEN, 'eyJ', ...Object.values(participant ?? {})];

const calls: Record<string, (client: FlexpertoClient, url: string) => Promise<unknown>> = {
  initiate: (client) => client.initiateSession(CALL_CONTEXT, SESSION),
  'upload URL': (client) => client.requestUploadUrl(CALL_CONTEXT, 13),
  upload: (client, url) =>
    client.uploadDocument(`${url}/api/v1/files/upload?token=${TOKEN}`, {
      name: 'a.pdf',
      bytes: 4,
      content: streamOf('%PDF'),
    }),
  attach: (client) => client.attachDocument(CALL_CONTEXT, 13, 'f-1'),
  list: (client) => client.listDocuments(CALL_CONTEXT, 13),
};

/** Everything of an error that a person or a log could see, at any depth. */
function everythingIn(error: unknown): string {
  const deep = inspect(error, { depth: Infinity, showHidden: true, getters: true, maxStringLength: null });
  const { message, stack, cause } = error as Error;
  return [deep, message, stack, String(cause), JSON.stringify(error)].join('\n');
}

async function expectNoSecret(client: FlexpertoClient, url: string, except: string[] = []): Promise<void> {
  for (const [name, call] of Object.entries(calls)) {
    if (except.includes(name)) continue;
    const seen = everythingIn(await captureRejection(call(client, url)));
    for (const secret of secrets) expect(seen).not.toContain(secret);
  }
}

test.each<[string, Reply]>([
  ['a refusal', replyWithStatus(401, { message: 'no' })],
  ['a 5xx', replyWithStatus(500, 'broken')],
  ['a redirect to an address with a token', replyWithStatus(302, '', { location: `http://localhost/?token=${TOKEN}` })],
  ['a reset', resetConnection],
  ['no answer', neverReply],
  ['an answer that repeats everything', JSON.stringify({ id: TOKEN, url: `ftp://h/?token=${TOKEN}`, documents: API_KEY, name: participant })],
  ['an answer that is cut short', `{"id":"${TOKEN}`],
])('after %s no error holds a key, a token or a person', async (_, reply) => {
  const { client, url } = await startScriptedVendor(reply, { timeoutMs: 400, uploadTimeoutMs: 400 });
  // A file id may be any text: an upload is not at fault for it.
  await expectNoSecret(client, url, _ === 'an answer that repeats everything' ? ['upload'] : []);
}); // prettier-ignore

test('without a connection no error holds a key, a token or a person', async () => {
  const closed = createServer().listen(0, '127.0.0.1');
  await once(closed, 'listening');
  const { port } = closed.address() as AddressInfo;
  closed.close();
  for (const url of [`http://127.0.0.1:${port}`, 'http://tenant.invalid']) {
    await expectNoSecret(createVendorClient(url), url);
  }
  const untrusted = await startLocalServer(
    (_request, response) => response.end(),
    await createLocalCertificate(),
  );
  await expectNoSecret(createVendorClient(untrusted.url), untrusted.url);
  await untrusted.close();
});

test('an error does not repeat an invalid address or employee', async () => {
  const { client, received } = await startScriptedVendor('{"id":13}');
  const upload = { name: 'a.pdf', bytes: 4, content: streamOf('%PDF') };
  for (const error of [
    await captureRejection(client.uploadDocument(`no address ${TOKEN}`, upload)),
    await captureRejection(client.initiateSession({ employeeId: `45\r\napi-key: ${API_KEY}` }, SESSION)),
  ]) {
    for (const secret of secrets) expect(everythingIn(error)).not.toContain(secret);
  }
  expect(received).toEqual([]);
});
