import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import type { CheckedDocument } from '../../src/domain/request.js';
import { type FlexpertoClient, createFlexpertoClient } from '../../src/flexperto/index.js';
import type { BenchEnvironment } from './environment.js';
import { createRequest } from './signings.js';

/** Makes the calls of one signing in the same order, without Temporal. */
export interface PlainScript {
  run(documents: readonly CheckedDocument[]): Promise<void>;
  close(): Promise<void>;
}

export function createPlainScript(environment: BenchEnvironment): PlainScript {
  const [method = '', path = ''] = (environment.variables['FLEXPERTO_HANDOVER'] ?? '').split(' ');
  const flexperto = createFlexpertoClient({
    baseUrl: environment.vendorUrl,
    apiKey: environment.variables['FLEXPERTO_API_KEY'] ?? '',
    attachMethod: 'auto',
    handover: { method: method as 'POST', path },
    timeoutMs: 30_000,
    uploadTimeoutMs: 300_000,
  });
  return { run: (documents) => makeCalls(flexperto, environment, documents), close: () => flexperto.close() };
}

async function makeCalls(
  flexperto: FlexpertoClient,
  environment: BenchEnvironment,
  documents: readonly CheckedDocument[],
): Promise<void> {
  const { employeeId, name, participants } = createRequest(documents);
  const context = { employeeId, hidden: [] };
  const sessionId = await flexperto.initiateSession(context, { name, method: 'aes', participants });
  const { url } = await flexperto.requestUploadUrl(context, sessionId);
  const files = await Promise.all(
    documents.map((document) =>
      flexperto.uploadDocument(url, {
        name: document.name,
        bytes: document.bytes,
        content: createReadStream(join(environment.documents, document.name)),
      }),
    ),
  );
  for (const file of files) await flexperto.attachDocument(context, sessionId, file.fileId);
  await flexperto.handOver(context, sessionId);
  await flexperto.listDocuments(context, sessionId);
}
