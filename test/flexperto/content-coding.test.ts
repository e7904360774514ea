import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { AnswerNotUnderstoodError, type FlexpertoClient, RefusedError } from '../../src/flexperto/index.js';
import { measureGrowth } from '../hostile/property-runs.js';
import { captureRejection } from '../support/async-helpers.js';
import {
  CALL_CONTEXT,
  type Reply,
  SESSION,
  closeVendorsAfterEach,
  startScriptedVendor,
  streamOf,
} from '../support/scripted-vendor.js';

closeVendorsAfterEach();

const MEGABYTE = 1024 * 1024;

const coded =
  (bytes: Uint8Array, coding: string | string[], code = 200): Reply =>
  (response) => {
    response.setHeader('content-encoding', coding);
    response.writeHead(code).end(bytes);
  };
const initiate = async (reply: Reply): Promise<number> =>
  (await startScriptedVendor(reply)).client.initiateSession(CALL_CONTEXT, SESSION);

const ANSWER = Buffer.from('{"id":13,"name":"Jörg"}');
const BOM = Buffer.from([0xef, 0xbb, 0xbf]);

test.each<[string, Reply]>([
  ['gzip', coded(gzipSync(ANSWER), 'gzip')],
  ['gzip by its older name, in capitals', coded(gzipSync(ANSWER), 'X-GZIP')],
  ['gzip with a byte order mark inside', coded(gzipSync(Buffer.concat([BOM, ANSWER])), 'gzip')],
  ['deflate as it is defined', coded(deflateSync(ANSWER), 'deflate')],
  ['deflate as some servers have it', coded(deflateRawSync(ANSWER), 'deflate')],
  ['Brotli', coded(brotliCompressSync(ANSWER), 'br')],
  ['two codings', coded(brotliCompressSync(gzipSync(ANSWER)), 'gzip, br')],
  ['two codings in two headers', coded(gzipSync(deflateSync(ANSWER)), ['deflate', 'gzip'])],
  ['none, and says so', coded(ANSWER, 'identity')],
  ['none, and an empty word for it', coded(ANSWER, '')],
])('an answer in an unrequested coding is understood: %s', async (_, reply) => {
  expect(await initiate(reply)).toBe(13);
});

test.each([
  ['UTF-8', Buffer.concat([BOM, ANSWER])],
  ['UTF-16, little end first', Buffer.from('\ufeff{"id":13}', 'utf16le')],
  ['UTF-16, big end first', Buffer.from('\ufeff{"id":13}', 'utf16le').swap16()],
])('an answer is understood behind a byte order mark: %s', async (_, bytes) => {
  expect(await initiate((response) => response.end(bytes))).toBe(13);
});

test('an attach answer of only a byte order mark counts as empty', async () => {
  const { client } = await startScriptedVendor((response) => response.end(BOM));
  expect(await client.attachDocument(CALL_CONTEXT, 13, 'f-1')).toBeNull();
});

test.each([
  ['a coding that nobody knows', coded(gzipSync(ANSWER), 'gzip, pack200')],
  ['an absurd number of codings', coded(gzipSync(ANSWER), Array<string>(100).fill('gzip').join(','))],
  ['bytes that are not in the coding', coded(ANSWER, 'gzip')],
  ['a coded answer that is cut short', coded(gzipSync(ANSWER).subarray(0, 20), 'gzip')],
])('an answer of a call that took effect is not understood: %s', async (_, reply) => {
  expect(await captureRejection(initiate(reply))).toBeInstanceOf(AnswerNotUnderstoodError);
});

test('the message of a refusal is decoded too, and without it the status decides', async () => {
  const body = gzipSync('{"message":"no such tenant"}');
  expect(await captureRejection(initiate(coded(body, 'gzip', 422)))).toMatchObject({
    status: 422,
    vendorMessage: 'no such tenant',
  });
  const broken = await captureRejection(initiate(coded(ANSWER, 'gzip', 422)));
  expect(broken).toBeInstanceOf(RefusedError);
  expect(broken).toMatchObject({ status: 422 });
});

test('a decompression bomb is refused before it fills the memory', async () => {
  // 300 MB of text, and once more packed: a few hundred bytes.
  const bomb = gzipSync(Buffer.concat([Buffer.from('{"id":13,"x":"'), Buffer.alloc(300 * MEGABYTE, 'a')]));
  const grown = await measureGrowth(async () => {
    for (const reply of [coded(bomb, 'gzip'), coded(gzipSync(bomb), 'gzip, gzip')])
      expect(await captureRejection(initiate(reply))).toBeInstanceOf(AnswerNotUnderstoodError);
  });
  expect(grown).toBeLessThan(64 * MEGABYTE);
});

test('every call requests an answer without a coding', async () => {
  const calls: ((client: FlexpertoClient, url: string) => Promise<unknown>)[] = [
    (client) => client.initiateSession(CALL_CONTEXT, SESSION),
    (client, url) => client.uploadDocument(url, { name: 'a.pdf', bytes: 1, content: streamOf('%') }),
    (client) => client.listDocuments(CALL_CONTEXT, 13),
  ];
  const { client, url, received } = await startScriptedVendor(['{"id":13}', '{"id":"f"}', '[]']);
  for (const call of calls) await call(client, url);
  expect(received.map(({ headers }) => headers['accept-encoding'])).toEqual(calls.map(() => 'identity'));
});
