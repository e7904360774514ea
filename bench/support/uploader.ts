import { MockActivityEnvironment } from '@temporalio/testing';
import { createUploadDocument } from '../../src/activities/upload-document.js';
import { createSecretCipher } from '../../src/activities/secret-cipher.js';
import type { InspectedDocument } from '../../src/documents/check-request.js';
import { mapConcurrently } from '../../src/documents/in-bounded-parallel.js';
import { createSources } from '../../src/documents/sources.js';
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
  const secretCipher = createSecretCipher('api-key');
  const sources = createSources({ root, hosts: [] });
  const flexperto = createFlexpertoClient({
    baseUrl: url,
    apiKey: 'api-key',
    attachMethod: 'auto',
    timeoutMs: 30_000,
    uploadTimeoutMs: 300_000,
  });
  const activity = createUploadDocument({ flexperto, sources, secretCipher, secrets: ['api-key'] });
  const uploadOne = async ({ mac, ...document }: InspectedDocument): Promise<void> => {
    const receivedAt = Date.now();
    const uploadUrl = {
      ciphertext: secretCipher.encrypt(url),
      expiresAt: receivedAt + 3_600_000,
      receivedAt,
    };
    const env = new MockActivityEnvironment();
    const received = Number(
      await env.run(activity, SESSION, { ...document, sealedMac: secretCipher.encrypt(mac) }, uploadUrl),
    );
    if (!(received > document.bytes))
      throw new Error(`The host received ${received} of ${document.bytes} bytes.`);
  };
  return {
    upload: async (documents) => {
      await mapConcurrently(UPLOAD_CONCURRENCY, documents, uploadOne);
    },
    close: async () => {
      await flexperto.close();
      await sources.close();
    },
  };
}
