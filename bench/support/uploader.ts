import { MockActivityEnvironment } from '@temporalio/testing';
import pLimit from 'p-limit';
import { createUploadDocument } from '../../src/activities/upload-document.js';
import { createUploadUrlCipher } from '../../src/activities/upload-url-cipher.js';
import type { InspectedDocument } from '../../src/documents/check-request.js';
import { createSources } from '../../src/documents/sources.js';
import type { UploadedFile } from '../../src/domain/request.js';
import { createFlexpertoClient } from '../../src/flexperto/index.js';

/** The concurrent uploads of a signing, as in the workflow. */
export const UPLOAD_CONCURRENCY = 3;

export interface Uploader {
  /** Uploads all by the worker's activity. @throws Error if the host did not get all bytes */
  upload(documents: readonly InspectedDocument[]): Promise<void>;
  close(): Promise<void>;
}

const SESSION = { employeeId: '45', sessionId: 13, participants: [] };

/** The upload activity as the worker runs it, from the document root to the upload host. */
export function createUploader(root: string, url: string): Uploader {
  const uploadUrlCipher = createUploadUrlCipher('api-key');
  const sources = createSources({ root, hosts: [] });
  const flexperto = createFlexpertoClient({
    baseUrl: url,
    apiKey: 'api-key',
    attachMethod: 'auto',
    timeoutMs: 30_000,
    uploadTimeoutMs: 300_000,
  });
  const activity = createUploadDocument({ flexperto, sources, uploadUrlCipher, secrets: ['api-key'] });
  const uploadOne = async (document: InspectedDocument): Promise<void> => {
    const receivedAt = Date.now();
    const uploadUrl = {
      ciphertext: uploadUrlCipher.encrypt(url),
      expiresAt: receivedAt + 3_600_000,
      receivedAt,
    };
    const env = new MockActivityEnvironment();
    // The host answers with the number of bytes that it got.
    const file: UploadedFile = await env.run(activity, SESSION, document, uploadUrl);
    const received = Number(file.fileId);
    if (!(received > document.bytes))
      throw new Error(`The host received ${received} of ${document.bytes} bytes.`);
  };
  return {
    upload: async (documents) => {
      const limit = pLimit(UPLOAD_CONCURRENCY);
      await Promise.all(documents.map((document) => limit(uploadOne, document)));
    },
    close: async () => {
      await flexperto.close();
      await sources.close();
    },
  };
}
