import { createHash, randomBytes } from 'node:crypto';
import {
  type FakeFlexperto,
  type FakeFlexpertoOptions,
  startFakeFlexperto,
} from '../../fake-flexperto/index.js';
import { type FlexpertoOptions, OutcomeUnknownError, RefusedError } from '../../src/flexperto/index.js';
import { captureRejection } from '../support/async-helpers.js';
import {
  CALL_CONTEXT,
  SESSION,
  closeVendorsAfterEach,
  createVendorClient,
  streamOf,
} from '../support/scripted-vendor.js';

let fake: FakeFlexperto;
afterEach(() => fake.close());
closeVendorsAfterEach();

async function vendorWith(options: FakeFlexpertoOptions = {}, clientOptions: Partial<FlexpertoOptions> = {}) {
  fake = await startFakeFlexperto(options);
  return createVendorClient(fake.url, { apiKey: fake.apiKey, ...clientOptions });
}

const bytes = randomBytes(3_000_000);
const upload = (name: string) => ({
  name,
  bytes: bytes.length,
  content: streamOf(bytes.subarray(0, 9), bytes.subarray(9)),
});

test.each<[string, FakeFlexpertoOptions]>([
  ['POST, an answer and a bare array', { attach: 'POST', attachAnswer: 'document', listShape: 'array' }],
  ['GET, no answer and an object', { attach: 'GET', attachAnswer: 'empty', listShape: 'object' }],
])('a signing goes through at a vendor with %s', async (_, options) => {
  const handOver = '/api/sessions/{sessionId}/hand-over';
  const client = await vendorWith({ ...options, handOver: `POST ${handOver}` }, { handover: { method: 'POST', path: handOver } });
  const sessionId = await client.initiateSession(CALL_CONTEXT, SESSION);
  const { url, expiresAt } = await client.requestUploadUrl(CALL_CONTEXT, sessionId);
  expect(url).toContain(fake.uploadUrl);
  expect(Math.abs(expiresAt - fake.clock.now().getTime() - 3_600_000)).toBeLessThan(60_000);
  for (const name of ['Vertrag für Jürgen.pdf', '契約書 ✍️.pdf']) {
    const { fileId, availableUntil } = await client.uploadDocument(url, upload(name));
    expect(availableUntil).toBe(fake.sessions()[0]?.files.at(-1)?.availableUntil.getTime());
    await client.attachDocument(CALL_CONTEXT, sessionId, fileId);
  }
  await client.handOver(CALL_CONTEXT, sessionId);
  fake.sign(sessionId);
  const [session] = fake.sessions();
  expect(await client.listDocuments(CALL_CONTEXT, sessionId)).toEqual(
    session?.documents.map(({ id, name, fileId }) => ({
      documentId: id, name, status: 'FINISHED', originalFileId: fileId, failureReason: null,
    })),
  );
  const uploads = fake.ledger.entries().filter(({ call }) => call === 'upload');
  expect(uploads.map(({ documentName }) => documentName)).toEqual(['Vertrag für Jürgen.pdf', '契約書 ✍️.pdf']);
  for (const { sha256, apiKey, transfer } of uploads) {
    expect({ sha256, apiKey, transfer }).toEqual({
      sha256: createHash('sha256').update(bytes).digest('hex'), apiKey: 'absent', transfer: 'content-length',
    });
  }
}); // prettier-ignore

test('attaching by both methods leaves one document', async () => {
  const client = await vendorWith({ attach: 'GET' });
  const sessionId = await client.initiateSession(CALL_CONTEXT, SESSION);
  const { url } = await client.requestUploadUrl(CALL_CONTEXT, sessionId);
  const { fileId } = await client.uploadDocument(url, upload('a.pdf'));
  await client.attachDocument(CALL_CONTEXT, sessionId, fileId);
  expect(fake.ledger.effects('document-attached')).toHaveLength(1);
  expect(await client.listDocuments(CALL_CONTEXT, sessionId)).toHaveLength(1);
});

test('an upload URL that has expired is refused with 401', async () => {
  const client = await vendorWith();
  const sessionId = await client.initiateSession(CALL_CONTEXT, SESSION);
  const { url } = await client.requestUploadUrl(CALL_CONTEXT, sessionId);
  fake.clock.advance(3_601);
  const error = await captureRejection(client.uploadDocument(url, upload('a.pdf')));
  expect(error).toBeInstanceOf(RefusedError);
  expect(error).toMatchObject({ status: 401 });
});

test.each(['before', 'after'] as const)(
  'after a reset %s the effect the outcome is unknown',
  async (moment) => {
    const client = await vendorWith();
    fake.faults.add({ call: 'initiate', reset: moment });
    expect(await captureRejection(client.initiateSession(CALL_CONTEXT, SESSION))).toBeInstanceOf(
      OutcomeUnknownError,
    );
    expect(fake.ledger.effects('session-initiated')).toHaveLength(moment === 'after' ? 1 : 0);
  },
);

test('a list call that the tenant lacks is refused with 404', async () => {
  const client = await vendorWith({ list: false });
  const sessionId = await client.initiateSession(CALL_CONTEXT, SESSION);
  expect(await captureRejection(client.listDocuments(CALL_CONTEXT, sessionId))).toMatchObject({
    status: 404,
  });
});

test('another API key is refused with the status the vendor gives', async () => {
  const client = await vendorWith({}, { apiKey: 'rotated' });
  expect(await captureRejection(client.initiateSession(CALL_CONTEXT, SESSION))).toMatchObject({
    name: 'RefusedError',
    status: 401,
  });
});
