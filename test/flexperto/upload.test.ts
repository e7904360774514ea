import { Busboy } from '@fastify/busboy';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { NotSentError, OutcomeUnknownError, RefusedError } from '../../src/flexperto/index.js';
import { captureRejection } from '../support/async-helpers.js';
import {
  type ReceivedRequest,
  closeVendorsAfterEach,
  createVendorClient,
  neverReply,
  replyWithStatus,
  resetConnection,
  startScriptedVendor,
  streamOf,
} from '../support/scripted-vendor.js';

closeVendorsAfterEach();

const FIFTY_MB = 50 * 1024 * 1024;

/** A document of so many bytes, and how many of them were read. */
function document(bytes: number, chunk = 256 * 1024) {
  const piece = randomBytes(chunk);
  const taken = { bytes: 0, ended: false };
  const read = async function* (): AsyncIterable<Uint8Array> {
    try {
      for (; taken.bytes < bytes; taken.bytes += chunk) yield await Promise.resolve(piece);
    } finally {
      taken.ended = true;
    }
  };
  return { upload: { name: 'a.pdf', bytes, content: read() }, taken };
}

/** Waits until the source of the document is closed. */
async function waitUntilClosed(taken: { readonly ended: boolean }): Promise<void> {
  while (!taken.ended) await new Promise((resolve) => setImmediate(resolve));
}

interface Part {
  readonly field: string;
  readonly name: string;
  readonly type: string;
  readonly bytes: Buffer;
}

/** Reads a multipart body with a parser that is not ours. */
async function partsOf({ headers, body }: ReceivedRequest): Promise<Part[]> {
  const parts: Part[] = [];
  const parser = new Busboy({ headers: { ...headers, 'content-type': headers['content-type'] ?? '' } });
  parser.on('file', (field, stream, name, _encoding, type) => {
    const chunks: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('end', () => parts.push({ field, name, type, bytes: Buffer.concat(chunks) }));
  });
  parser.end(body);
  await once(parser, 'finish');
  return parts;
}

test.each([
  ['contract.pdf', 'contract.pdf'],
  ['Vertrag für Jürgen Groß.pdf', 'Vertrag für Jürgen Groß.pdf'],
  ['契約書 ✍️.pdf', '契約書 ✍️.pdf'],
  ["it's; filename=evil.pdf", "it's; filename=evil.pdf"],
  ['100 %.pdf', '100 %.pdf'],
  // Browsers escape these three so, and every receiver of browsers' uploads knows it.
  ['the "final" one.pdf', 'the %22final%22 one.pdf'],
  ['two\r\nlines.pdf', 'two%0D%0Alines.pdf'],
])(
  'the name %j reaches another parser as %j, in one part with the whole document',
  async (name, received) => {
    const vendor = await startScriptedVendor('{"id":"f-1"}');
    const bytes = randomBytes(30_000);
    const upload = { name, bytes: bytes.length, content: streamOf(bytes.subarray(0, 7), bytes.subarray(7)) };
    expect(await vendor.client.uploadDocument(vendor.url, upload)).toMatchObject({ fileId: 'f-1' });
    const [arrived] = vendor.received;
    if (arrived === undefined) throw new Error('nothing arrived');
    const parts = await partsOf(arrived);
    expect(parts).toEqual([{ field: 'file', name: received, type: 'application/pdf', bytes }]);
  },
);

test('an error of reading the document is thrown unchanged, and the host never gets a whole body', async () => {
  const failure = new Error('has changed since it was checked');
  const vendor = await startScriptedVendor('{"id":"f-1"}');
  const read = async function* (): AsyncIterable<Uint8Array> {
    yield await Promise.resolve(randomBytes(1_000_000));
    throw failure;
  };
  const upload = vendor.client.uploadDocument(vendor.url, {
    name: 'a.pdf',
    bytes: 2_000_000,
    content: read(),
  });
  expect(await captureRejection(upload)).toBe(failure);
  expect(vendor.received).toEqual([]);
});

test.each([
  ['fewer', 999_999],
  ['more', 1_000_001],
])('a source with %s bytes than declared is never uploaded as a whole', async (_, length) => {
  const vendor = await startScriptedVendor('{"id":"f-1"}');
  const upload = { name: 'a.pdf', bytes: 1_000_000, content: streamOf(randomBytes(length)) };
  expect(await captureRejection(vendor.client.uploadDocument(vendor.url, upload))).toBeInstanceOf(
    OutcomeUnknownError,
  );
  expect(vendor.received).toEqual([]);
});

test.each([401, 403, 410, 413])('an upload refused with %d carries the status', async (code) => {
  const vendor = await startScriptedVendor(replyWithStatus(code, { message: 'no' }));
  const upload = { name: 'a.pdf', bytes: 4, content: streamOf('%PDF') };
  const error = await captureRejection(vendor.client.uploadDocument(vendor.url, upload));
  expect(error).toBeInstanceOf(RefusedError);
  expect(error).toMatchObject({ call: 'upload', status: code });
});

test('a reset leaves the outcome of an upload unknown', async () => {
  const vendor = await startScriptedVendor(resetConnection);
  const upload = { name: 'a.pdf', bytes: 4, content: streamOf('%PDF') };
  expect(await captureRejection(vendor.client.uploadDocument(vendor.url, upload))).toBeInstanceOf(
    OutcomeUnknownError,
  );
});

test('an upload has its own time limit', async () => {
  const vendor = await startScriptedVendor(neverReply, { timeoutMs: 20_000, uploadTimeoutMs: 500 });
  const { upload, taken } = document(FIFTY_MB);
  const error = await captureRejection(vendor.client.uploadDocument(vendor.url, upload));
  expect(error).toBeInstanceOf(OutcomeUnknownError);
  await waitUntilClosed(taken);
});

test('an aborted upload ends with the reason, and its source is closed', async () => {
  const controller = new AbortController();
  const reason = new Error('the worker shuts down');
  const host = await rawHost(() => {
    setTimeout(() => { controller.abort(reason); }, 50);
  }); // prettier-ignore
  const { upload, taken } = document(FIFTY_MB);
  const call = createVendorClient(host.url).uploadDocument(host.url, upload, controller.signal);
  expect(await captureRejection(call)).toBe(reason);
  await host.close();
  await waitUntilClosed(taken);
});

test('a document whose host cannot be reached is not read', async () => {
  const host = await rawHost(() => undefined);
  await host.close();
  const { upload, taken } = document(FIFTY_MB);
  const error = await captureRejection(createVendorClient(host.url).uploadDocument(host.url, upload));
  expect(error).toBeInstanceOf(NotSentError);
  expect(taken.bytes).toBe(0);
});

test('a slow host slows the reading of the document, so the rest does not wait in memory', async () => {
  const host = await rawHost((socket) => socket.pause());
  const { upload, taken } = document(FIFTY_MB);
  const controller = new AbortController();
  const call = captureRejection(
    createVendorClient(host.url).uploadDocument(host.url, upload, controller.signal),
  );
  let before = -1;
  while (before !== taken.bytes || before <= 0) {
    before = taken.bytes;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  controller.abort(new Error('seen enough'));
  await call;
  await host.close();
  expect(taken.bytes).toBeLessThan(FIFTY_MB / 2);
});

describe('a host that answers before it has read the document', () => {
  const answer = (code: number) =>
    `HTTP/1.1 ${code} No\r\nContent-Type: application/json\r\nContent-Length: 16\r\nConnection: close\r\n\r\n{"message":"no"}`;

  test.each([
    ['and closes a moment later, with the rest unread', (socket: Socket, code: number) => { socket.pause().write(answer(code)); setTimeout(() => socket.destroy(), 500); }],
    ['and goes on reading', (socket: Socket, code: number) => socket.resume().write(answer(code))],
    ['and reads no more, but leaves the connection open', (socket: Socket, code: number) => socket.pause().write(answer(code))],
    ['and closes its side', (socket: Socket, code: number) => socket.pause().end(answer(code))],
  ])('%s, is heard', async (_, reply) => {
    for (const code of [401, 413, 401, 413, 401, 413, 401, 413]) {
      const host = await rawHost((socket) => { reply(socket, code); });
      const { upload, taken } = document(FIFTY_MB);
      const error = await captureRejection(createVendorClient(host.url).uploadDocument(host.url, upload));
      await host.close();
      expect(error).toBeInstanceOf(RefusedError);
      expect(error).toMatchObject({ status: code, vendorMessage: 'no' });
      await waitUntilClosed(taken);
      expect(taken.bytes).toBeLessThan(FIFTY_MB);
    }
  }); // prettier-ignore

  test('and closes in the same moment, is heard, or the outcome is unknown, because a reset can overtake an answer', async () => {
    for (let time = 0; time < 20; time += 1) {
      const host = await rawHost((socket) => socket.pause().write(answer(401), () => socket.destroy()));
      const { upload, taken } = document(FIFTY_MB);
      const error = await captureRejection(createVendorClient(host.url).uploadDocument(host.url, upload));
      await host.close();
      if (!(error instanceof OutcomeUnknownError)) expect(error).toMatchObject({ name: 'RefusedError', status: 401 });
      await waitUntilClosed(taken);
    }
  }); // prettier-ignore
});

/** A host that handles the raw connection once the first bytes have arrived. */
async function rawHost(onData: (socket: Socket) => void): Promise<{ url: string; close(): Promise<void> }> {
  const sockets: Socket[] = [];
  const server: Server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    socket.once('data', () => {
      onData(socket);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
