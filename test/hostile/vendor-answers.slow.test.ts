import fc from 'fast-check';
import type { VendorDocument } from '../../src/domain/vendor-document.js';
import {
  type FlexpertoClient,
  FlexpertoError,
  OutcomeUnknownError,
  RefusedError,
  type UploadUrl,
  createFlexpertoClient,
} from '../../src/flexperto/index.js';
import { API_KEY, CALL_CONTEXT, SESSION, streamOf } from '../support/scripted-vendor.js';
import { measureGrowth, measureRetained, runOptions, timeLimitMs } from './property-runs.js';
import { ENDLESS_ANSWERS, arbitraryAnswer } from './raw-answers.js';
import { type RawServer, startRawServer } from './raw-server.js';

const MEGABYTE = 1024 * 1024;
const DAY_MS = 86_400_000;

let server: RawServer;
let client: FlexpertoClient;
beforeAll(async () => {
  server = await startRawServer();
  client = createFlexpertoClient({
    baseUrl: `http://127.0.0.1:${server.port}`,
    apiKey: API_KEY,
    attachMethod: 'auto',
    handover: { method: 'POST', path: '/sessions/{sessionId}/handover' },
    timeoutMs: 300,
    uploadTimeoutMs: 300,
  });
});
afterAll(async () => {
  await client.close();
  await server.close();
});

/** Makes every call of the API, and checks what the client has read from its answer. */
const CALLS: readonly (() => Promise<void>)[] = [
  async () => {
    expectId(await client.initiateSession(CALL_CONTEXT, SESSION));
  },
  async () => {
    expectUploadUrl(await client.requestUploadUrl(CALL_CONTEXT, 13));
  },
  async () => {
    const file = { name: 'a.pdf', bytes: 4, content: streamOf('%PDF') };
    const { fileId } = await client.uploadDocument(`http://127.0.0.1:${server.port}/u?token=x`, file);
    expectText(fileId, 100);
  },
  async () => {
    const document = await client.attachDocument(CALL_CONTEXT, 13, 'f-1');
    if (document !== null) expectDocument(document);
  },
  async () => {
    for (const document of await client.listDocuments(CALL_CONTEXT, 13)) expectDocument(document);
  },
  async () => {
    await client.handOver(CALL_CONTEXT, 13);
  },
];

function expectId(id: number): void {
  expect(Number.isSafeInteger(id) && id > 0).toBe(true);
}

function expectText(text: string, longest: number): void {
  expect(text.length).toBeGreaterThan(0);
  expect(text.length).toBeLessThanOrEqual(longest);
}

function expectUploadUrl({ url, expiresAt }: UploadUrl): void {
  expect(new URL(url).protocol).toMatch(/^https?:$/);
  expect(url.length).toBeLessThan(20_000);
  expect(Number.isNaN(new Date(expiresAt).getTime())).toBe(false);
}

function expectDocument({ documentId, name, status, originalFileId, failureReason }: VendorDocument): void {
  if (documentId !== null) expectId(documentId);
  for (const words of [name, failureReason]) if (words !== null) expectText(words, 300);
  for (const word of [status, originalFileId]) if (word !== null) expectText(word, 100);
}

/** Expects one of the client's errors, with a short message that is safe to show. */
function expectSafeError(error: unknown): void {
  if (!(error instanceof FlexpertoError)) throw error;
  expectText(error.message, 300);
  expect(error.message).not.toContain(API_KEY);
  if (error instanceof RefusedError) expect(error.vendorMessage.length).toBeLessThanOrEqual(300);
  if (!(error instanceof RefusedError) && !(error instanceof OutcomeUnknownError)) return;
  const { status, retryAfterMs = 0 } = error;
  expect(retryAfterMs).toBeGreaterThanOrEqual(0);
  expect(retryAfterMs).toBeLessThanOrEqual(DAY_MS);
  expect(Number.isSafeInteger(status ?? 0)).toBe(true);
}

const expectSafeFailure = (call: () => Promise<void>): Promise<void> => call().catch(expectSafeError);

it('Any answer of the vendor is understood or becomes an error of the client, and none of it stays in memory', async () => {
  const held = await measureRetained(() =>
    fc.assert(
      fc.asyncProperty(arbitraryAnswer, async (script) => {
        server.play(script);
        await Promise.all(CALLS.map(expectSafeFailure));
      }),
      runOptions(150),
    ),
  );
  expect(held).toBeLessThan(16 * MEGABYTE);
}, timeLimitMs(90)); // prettier-ignore

it.each(Object.entries(ENDLESS_ANSWERS))('An answer with an endless part ends the call, and does not stay in memory: %s', async (_, script) => {
  server.play(script);
  const grown = await measureGrowth(async () => {
    for (const call of CALLS) await expectSafeFailure(call);
  });
  expect(grown).toBeLessThan(128 * MEGABYTE);
}); // prettier-ignore
