import { inTurn, timed, type Row } from '../row.js';
import { startSink } from '../support/child.js';
import { curlUploads } from '../support/curl.js';
import { makeDocuments, MEGABYTE } from '../support/documents.js';
import { createUploader, UPLOADS_AT_ONCE } from '../support/uploader.js';

const ROUNDS = 10;
const LATENCY_MS = 50;

export const uploadMany: Row = {
  name: 'upload-many',
  about: `20 documents, 50 MB together, ${UPLOADS_AT_ONCE} at once, at a host ${LATENCY_MS} ms away, against curl --parallel`,
  run: async (folder) => {
    const documents = await makeDocuments(folder, { count: 20, bytes: 50 * MEGABYTE });
    const sink = await startSink(LATENCY_MS);
    const uploader = createUploader(folder, sink.url);
    const { worker, curl } = await inTurn(ROUNDS, {
      worker: () => timed(() => uploader.upload(documents)),
      curl: () => timed(() => curlUploads(sink.url, folder, documents, UPLOADS_AT_ONCE)),
    });
    await uploader.close();
    await sink.close();
    const target = { of: 'ratio', atMost: 1.25 } as const;
    return [{ name: 'upload-many', unit: 'ms', measured: worker, reference: curl, target }];
  },
};
