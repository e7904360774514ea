import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect, createServer } from 'node:tls';
import { createSources } from '../../src/documents/sources.js';
import type { CheckedDocument } from '../../src/domain/request.js';
import { createFlushing } from '../../src/flexperto/flushing.js';
import { createLocalCertificate, startLocalServer } from '../support/local-server.js';
import { createVendorClient, closeVendorsAfterEach, streamOf } from '../support/scripted-vendor.js';

closeVendorsAfterEach();

let folder: string;
beforeAll(async () => (folder = await mkdtemp(join(tmpdir(), 'upload-memory-'))));
afterAll(() => rm(folder, { recursive: true }));

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

async function documentOf(bytes: number): Promise<CheckedDocument> {
  const whole = randomBytes(bytes);
  await writeFile(join(folder, `${bytes}.pdf`), whole);
  return {
    source: `file:${bytes}.pdf`, name: `${bytes}.pdf`, signatureFields: 'required', pages: 1, fields: 1, bytes, sha256: sha256(whole),
  };
} // prettier-ignore

/** A host that reads in fits and starts, and answers with the SHA-256 of what stood between the parts' boundaries. */
const hashingHost = () =>
  startLocalServer((request, response) => {
    void (async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of request as AsyncIterable<Buffer>) {
        chunks.push(chunk);
        if (chunks.length % 16 === 0) await sleep(2);
      }
      const body = Buffer.concat(chunks);
      const from = body.indexOf('\r\n\r\n') + 4;
      response.end(JSON.stringify({ id: sha256(body.subarray(from, body.lastIndexOf('\r\n--'))) }));
    })();
  });

const SIZES = [1, 262_144, 262_145, 524_288, 786_433, 1_048_576, 9_000_001];

test('the bytes that arrive are the checked ones, although the memory they are read into is used again', async () => {
  const host = await hashingHost();
  const sources = createSources({ root: folder, hosts: [] });
  const client = createVendorClient(host.url);
  for (let round = 0; round < 3; round += 1) {
    const documents = await Promise.all(SIZES.map(documentOf));
    const received = await Promise.all(
      documents.map((document) =>
        client.uploadDocument(host.url, { ...document, content: sources.read(document) }),
      ),
    );
    expect(received.map(({ fileId }) => fileId)).toEqual(documents.map(({ sha256 }) => sha256));
  }
  await sources.close();
  await host.close();
});

test('over TLS too a chunk may be overwritten when the second one after it is asked for', async () => {
  const whole = randomBytes(6_000_000);
  const certificate = await createLocalCertificate();
  const received: Buffer[] = [];
  const server = createServer(certificate, (socket) => socket.on('data', (data: Buffer) => received.push(data)));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = connect({ port: (server.address() as AddressInfo).port, host: 'localhost', ca: certificate.cert });
  const borrowed = async function* (): AsyncIterable<Uint8Array> {
    const memory = [Buffer.alloc(300_000), Buffer.alloc(300_000)];
    for (let at = 0; at < whole.length; at += 300_000) {
      const chunk = memory[(at / 300_000) % 2] ?? Buffer.alloc(0);
      whole.copy(chunk, 0, at);
      yield await Promise.resolve(chunk);
    }
  };
  const flushing = createFlushing();
  flushing.observe(socket);
  // Written without regard to the socket's own limits: it is the asking that is held back.
  for await (const chunk of flushing.paced(borrowed(), new Promise(() => undefined))) socket.write(chunk);
  socket.end();
  await once(socket, 'close');
  expect(sha256(Buffer.concat(received))).toBe(sha256(whole));
  server.close();
}); // prettier-ignore

test('uploads one after the other share connections', async () => {
  const host = await hashingHost();
  const client = createVendorClient(host.url);
  for (let count = 0; count < 10; count += 1) {
    await client.uploadDocument(host.url, { name: 'a.pdf', bytes: 4, content: streamOf('%PDF') });
  }
  // undici may open a second one where the first is not quite free yet.
  expect(host.connections()).toBeLessThanOrEqual(2);
  await host.close();
});
