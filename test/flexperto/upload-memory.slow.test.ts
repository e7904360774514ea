import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { runProgram, startSink } from '../../bench/support/child-process.js';
import { createDocuments } from '../../bench/support/documents.js';
import { createSources } from '../../src/documents/sources.js';
import type { CheckedDocument } from '../../src/domain/request.js';
import { startLocalServer } from '../support/local-server.js';
import { closeVendorsAfterEach, createVendorClient, streamOf } from '../support/scripted-vendor.js';

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

test('the bytes that arrive are the checked ones', async () => {
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

const MEGABYTE = 1_000_000;
const MEBIBYTE = 1024 * 1024;

test('the memory of a process grows by at most 64 MB while it uploads 20 documents of 50 MB together', async () => {
  const sink = await startSink();
  const small = await createDocuments(folder, { count: 1, bytes: 100_000 });
  const documents = await createDocuments(folder, { count: 20, bytes: 50 * MEGABYTE });
  const args = [folder, sink.url, JSON.stringify(small), JSON.stringify(documents)];
  expect(Number(await runProgram('memory-process', args))).toBeLessThan(64 * MEBIBYTE);
  await sink.close();
});
