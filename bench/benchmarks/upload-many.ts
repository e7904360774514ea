import { interleave, measureMs, type Benchmark } from '../benchmark.js';
import { startSink } from '../support/child-process.js';
import { uploadAllByCurl } from '../support/curl.js';
import { createDocuments, MEGABYTE } from '../support/documents.js';
import { createUploader, UPLOAD_CONCURRENCY } from '../support/uploader.js';

const ROUNDS = 10;
const LATENCY_MS = 50;

export const uploadMany: Benchmark = {
  name: 'upload-many',
  description: `20 documents, 50 MB together, ${UPLOAD_CONCURRENCY} at once, at a host ${LATENCY_MS} ms away, against curl --parallel`,
  run: async (folder) => {
    const documents = await createDocuments(folder, { count: 20, bytes: 50 * MEGABYTE });
    const sink = await startSink(LATENCY_MS);
    const uploader = createUploader(folder, sink.url);
    const { worker, curl } = await interleave(ROUNDS, {
      worker: () => measureMs(() => uploader.upload(documents)),
      curl: () => measureMs(() => uploadAllByCurl(sink.url, folder, documents, UPLOAD_CONCURRENCY)),
    });
    await uploader.close();
    await sink.close();
    const target = { of: 'ratio', atMost: 1.25 } as const;
    return [{ name: 'upload-many', unit: 'ms', measured: worker, reference: curl, target }];
  },
};
