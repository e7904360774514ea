import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createUploadUrlCipher } from '../../src/activities/index.js';
import { createUploadDocument } from '../../src/activities/upload-document.js';
import { createSources } from '../../src/documents/sources.js';
import type { CheckedDocument } from '../../src/domain/request.js';
import type { UploadContent } from '../../src/flexperto/multipart.js';
import { captureRejection, readStream } from '../support/async-helpers.js';

const BYTES = randomBytes(2_000_000);
const SESSION = { employeeId: '45', sessionId: 13, participants: [] };

let folder: string;
beforeAll(async () => (folder = await mkdtemp(join(tmpdir(), 'upload-document-'))));
afterAll(() => rm(folder, { recursive: true }));

/** Uploads a document that had `BYTES` when it was checked and has these bytes now. */
async function runUpload(bytesNow: Uint8Array): Promise<unknown> {
  await writeFile(join(folder, 'contract.pdf'), bytesNow);
  const uploadUrlCipher = createUploadUrlCipher('the-api-key');
  const activity = createUploadDocument({
    uploadUrlCipher,
    secrets: [],
    sources: createSources({ root: folder, hosts: [] }),
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
  }; // prettier-ignore
  const receivedAt = Date.now();
  const ciphertext = uploadUrlCipher.encrypt('https://uploads.example.invalid/');
  const url = { ciphertext, receivedAt, expiresAt: receivedAt + 3_600_000 };
  const quiet = { logger: new DefaultLogger('ERROR') };
  return new MockActivityEnvironment({}, quiet).run(activity, SESSION, document, url);
}

test('an upload sends the bytes that were checked, and fails if one of them has changed since', async () => {
  await expect(runUpload(BYTES)).resolves.toEqual({ fileId: 'file-1', retentionMs: null });
  const changed = Buffer.from(BYTES);
  changed[1_000_000] = (changed[1_000_000] ?? 0) ^ 1;
  expect(await captureRejection(runUpload(changed))).toMatchObject({
    type: 'DocumentChanged',
    message: 'contract.pdf has changed since it was checked: its bytes are others',
  });
});
