import { inspect } from 'node:util';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import type { FlexpertoClient } from '../../src/flexperto/index.js';
import { localCertificate, serve } from '../support/local-server.js';
import { rejection } from '../support/outcomes.js';
import {
  API_KEY,
  clientFor,
  closeAfterEach,
  content,
  CONTEXT,
  reset,
  scriptedVendor,
  SESSION,
  silence,
  status,
  type Reply,
} from '../support/scripted-vendor.js';

closeAfterEach();

const TOKEN = 'eyJ0eXAiOiJKV1QifQ.eyJleHAiOjE3OTAwMDAwMDB9.c2lnbmF0dXJl';
const [participant] = SESSION.participants;
const secrets = [API_KEY, TOKEN, 'eyJ', ...Object.values(participant ?? {})];

const calls: Record<string, (client: FlexpertoClient, url: string) => Promise<unknown>> = {
  initiate: (client) => client.initiateSession(CONTEXT, SESSION),
  'upload URL': (client) => client.requestUploadUrl(CONTEXT, 13),
  upload: (client, url) =>
    client.uploadDocument(`${url}/api/v1/files/upload?token=${TOKEN}`, {
      name: 'a.pdf',
      bytes: 4,
      content: content('%PDF'),
    }),
  attach: (client) => client.attachDocument(CONTEXT, 13, 'f-1'),
  list: (client) => client.listDocuments(CONTEXT, 13),
};

/** All that a person or a log could see of an error, however deep they look. */
function everythingIn(error: unknown): string {
  const deep = inspect(error, { depth: Infinity, showHidden: true, getters: true, maxStringLength: null });
  const { message, stack, cause } = error as Error;
  return [deep, message, stack, String(cause), JSON.stringify(error)].join('\n');
}

async function expectNoSecret(client: FlexpertoClient, url: string, except: string[] = []): Promise<void> {
  for (const [name, call] of Object.entries(calls)) {
    if (except.includes(name)) continue;
    const seen = everythingIn(await rejection(call(client, url)));
    for (const secret of secrets) expect(seen).not.toContain(secret);
  }
}

test.each<[string, Reply]>([
  ['a refusal', status(401, { message: 'no' })],
  ['a 5xx', status(500, 'broken')],
  ['a redirect to an address with a token', status(302, '', { location: `http://localhost/?token=${TOKEN}` })],
  ['a reset', reset],
  ['no answer', silence],
  ['an answer that repeats everything', JSON.stringify({ id: TOKEN, url: `ftp://h/?token=${TOKEN}`, documents: API_KEY, name: participant })],
  ['an answer that is cut short', `{"id":"${TOKEN}`],
])('after %s no error holds a key, a token or a person', async (_, reply) => {
  const { client, url } = await scriptedVendor(reply, { timeoutMs: 400, uploadTimeoutMs: 400 });
  // A file id may be any text: an upload is not at fault for it.
  await expectNoSecret(client, url, _ === 'an answer that repeats everything' ? ['upload'] : []);
}); // prettier-ignore

test('without a connection no error holds a key, a token or a person', async () => {
  const closed = createServer().listen(0, '127.0.0.1');
  await once(closed, 'listening');
  const { port } = closed.address() as AddressInfo;
  closed.close();
  for (const url of [`http://127.0.0.1:${port}`, 'http://tenant.invalid']) {
    await expectNoSecret(clientFor(url), url);
  }
  const untrusted = await serve((_request, response) => response.end(), await localCertificate());
  await expectNoSecret(clientFor(untrusted.url), untrusted.url);
  await untrusted.close();
});

test('an address or an employee that no request can be made of is not repeated', async () => {
  const { client, arrived } = await scriptedVendor('{"id":13}');
  const upload = { name: 'a.pdf', bytes: 4, content: content('%PDF') };
  for (const error of [
    await rejection(client.uploadDocument(`no address ${TOKEN}`, upload)),
    await rejection(client.initiateSession({ employeeId: `45\r\napi-key: ${API_KEY}` }, SESSION)),
  ]) {
    for (const secret of secrets) expect(everythingIn(error)).not.toContain(secret);
  }
  expect(arrived).toEqual([]);
});
