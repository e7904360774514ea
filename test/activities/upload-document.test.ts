import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { createSecretCipher } from '../../src/activities/index.js';
import { createUploadDocument } from '../../src/activities/upload-document.js';
import { computeContentMac } from '../../src/pdf/content-mac.js';
import { createSources, type DocumentToRead } from '../../src/documents/sources.js';
import type { CheckedDocument } from '../../src/domain/request.js';
import type { UploadContent } from '../../src/flexperto/multipart.js';
import { readStream, captureRejection } from '../support/async-helpers.js';

const API_KEY = 'the-api-key';
const BYTES = randomBytes(2_000_000);
const SESSION = { employeeId: '45', sessionId: 13, participants: [] };

let folder: string;
beforeAll(async () => (folder = await mkdtemp(join(tmpdir(), 'upload-document-'))));
afterAll(() => rm(folder, { recursive: true }));

interface Upload {
  /** What lies at the source when it is uploaded. */
  readonly now: Uint8Array;
  readonly sealedMac?: string;
}

/** Uploads a document that had `BYTES` when it was checked. Tells by what the bytes were verified. */
async function runUpload({ now, sealedMac }: Upload): Promise<'MAC' | 'SHA-256'> {
  await writeFile(join(folder, 'contract.pdf'), now);
  const sources = createSources({ root: folder, hosts: [] });
  let read: DocumentToRead | undefined;
  const activity = createUploadDocument({
    secretCipher: createSecretCipher(API_KEY),
    secrets: [],
    sources: { read: (document, signal) => sources.read((read = document), signal) },
    flexperto: {
      uploadDocument: async (_url: string, { content }: UploadContent) => {
        const { bytes, error } = await readStream(content);
        if (error !== undefined) throw error as Error;
        expect(bytes.equals(BYTES)).toBe(true);
        return { fileId: 'file-1', availableUntil: null };
      },
    },
  });
  const document: CheckedDocument = {
    source: 'file:contract.pdf', name: 'contract.pdf', signatureFields: 'required', pages: 1, fields: 1,
    bytes: BYTES.length, sha256: createHash('sha256').update(BYTES).digest('hex'),
    ...(sealedMac === undefined ? {} : { sealedMac }),
  }; // prettier-ignore
  const receivedAt = Date.now();
  const ciphertext = createSecretCipher(API_KEY).encrypt('https://uploads.example.invalid/');
  const url = { ciphertext, receivedAt, expiresAt: receivedAt + 3_600_000 };
  const quiet = { logger: new DefaultLogger('ERROR') };
  await new MockActivityEnvironment({}, quiet).run(activity, SESSION, document, url);
  return read?.mac === undefined ? 'SHA-256' : 'MAC';
}

const encryptMac = (apiKey: string): string => createSecretCipher(apiKey).encrypt(computeContentMac(BYTES));
const CHANGED = Buffer.from(BYTES);
CHANGED[1_000_000] = (CHANGED[1_000_000] ?? 0) ^ 1;

describe('The bytes that are uploaded are verified', () => {
  it.each([
    ['by the MAC of the check', 'MAC', { sealedMac: encryptMac(API_KEY) }],
    [
      'by their SHA-256 where the API key was rotated since the check',
      'SHA-256',
      { sealedMac: encryptMac('old') },
    ],
    ['by their SHA-256 where the check was made by a worker that knew no MACs', 'SHA-256', {}],
  ] as const)('%s', async (_, way, mac) => {
    await expect(runUpload({ now: BYTES, ...mac })).resolves.toBe(way);
    const error = await captureRejection(runUpload({ now: CHANGED, ...mac }));
    expect(error).toMatchObject({
      type: 'DocumentChanged',
      message: 'contract.pdf has changed since it was checked: its bytes are others',
    });
  });
});
