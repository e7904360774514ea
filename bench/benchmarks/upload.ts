import { type Benchmark, interleave, measureMs } from '../benchmark.js';
import { startSink } from '../support/child-process.js';
import { uploadAllByCurl, uploadByCurl } from '../support/curl.js';
import { MEGABYTE, createDocument, createDocuments } from '../support/documents.js';
import { UPLOAD_CONCURRENCY, createUploader } from '../support/uploader.js';

const ROUNDS = 15;
const ROUNDS_OF_MANY = 10;
const LATENCY_MS = 50;

export const upload: Benchmark = {
  name: 'upload',
  description:
    'one document of 50 MB through the upload activity, against curl -F to the same host on loopback',
  run: async (folder) => {
    const document = await createDocument(folder, 'document.pdf', 50 * MEGABYTE);
    const sink = await startSink();
    const uploader = createUploader(folder, sink.url);
    const ownClock: number[] = [];
    const { worker, command } = await interleave(ROUNDS, {
      worker: () => measureMs(() => uploader.upload([document])),
      command: async () => {
        const times = await uploadByCurl(sink.url, folder, document);
        ownClock.push(times.ownClock);
        return times.command;
      },
    });
    await uploader.close();
    await sink.close();
    const measured = { unit: 'ms', measured: worker } as const;
    return [
      { name: 'upload', ...measured, reference: command, target: { of: 'ratio', atMost: 1.25 } },
      // The first time is the warm-up's.
      { name: "upload, by curl's own clock", ...measured, reference: ownClock.slice(1) },
    ];
  },
};

export const uploadMany: Benchmark = {
  name: 'upload-many',
  description: `20 documents, 50 MB together, ${UPLOAD_CONCURRENCY} concurrent, at a host ${LATENCY_MS} ms away, against curl --parallel`,
  run: async (folder) => {
    const documents = await createDocuments(folder, { count: 20, bytes: 50 * MEGABYTE });
    const sink = await startSink(LATENCY_MS);
    const uploader = createUploader(folder, sink.url);
    const { worker, curl } = await interleave(ROUNDS_OF_MANY, {
      worker: () => measureMs(() => uploader.upload(documents)),
      curl: () => measureMs(() => uploadAllByCurl(sink.url, folder, documents, UPLOAD_CONCURRENCY)),
    });
    await uploader.close();
    await sink.close();
    const target = { of: 'ratio', atMost: 1.25 } as const;
    return [{ name: 'upload-many', unit: 'ms', measured: worker, reference: curl, target }];
  },
};
