import { type Benchmark, type PerSize, interleave, measureMs } from '../benchmark.js';
import { startSink } from '../support/child-process.js';
import { hashBySha256sum, uploadAllByCurl, uploadByCurl } from '../support/curl.js';
import { MEGABYTE, createDocument, createDocuments } from '../support/documents.js';
import { UPLOAD_CONCURRENCY, createUploader } from '../support/uploader.js';

const ROUNDS: PerSize = { full: 15, quick: 5 };
const ROUNDS_OF_MANY: PerSize = { full: 10, quick: 3 };
const LATENCY_MS = 50;

/** The worker uploads and hashes: it may take a quarter longer than the slower of the two commands, and 30 ms. */
const TARGET = { of: 'ratio', atMost: 1.25, allowance: 30 } as const;

export const upload: Benchmark = {
  name: 'upload',
  description:
    'one document of 50 MB through the upload activity, against the slower of curl -F to the same host and sha256sum',
  run: async (folder, { size }) => {
    const document = await createDocument(folder, 'document.pdf', 50 * MEGABYTE);
    const sink = await startSink();
    const uploader = createUploader(folder, sink.url);
    const ownClock: number[] = [];
    const { worker, command, sha256sum } = await interleave(ROUNDS[size], {
      worker: () => measureMs(() => uploader.upload([document])),
      command: async () => {
        const times = await uploadByCurl(sink.url, folder, document);
        ownClock.push(times.ownClock);
        return times.command;
      },
      sha256sum: () => hashBySha256sum(folder, [document]),
    });
    await uploader.close();
    await sink.close();
    const measured = { unit: 'ms', measured: worker } as const;
    return [
      { name: 'upload', ...measured, reference: getSlower(command, sha256sum), target: TARGET },
      { name: 'upload, against curl alone', ...measured, reference: command },
      // The first time is the warm-up's.
      { name: "upload, by curl's own clock", ...measured, reference: ownClock.slice(1) },
    ];
  },
};

export const uploadMany: Benchmark = {
  name: 'upload-many',
  description: `20 documents, 50 MB together, ${UPLOAD_CONCURRENCY} concurrent, at a host ${LATENCY_MS} ms away, against the slower of curl --parallel and sha256sum`,
  run: async (folder, { size }) => {
    const documents = await createDocuments(folder, { count: 20, bytes: 50 * MEGABYTE });
    const sink = await startSink(LATENCY_MS);
    const uploader = createUploader(folder, sink.url);
    const { worker, curl, sha256sum } = await interleave(ROUNDS_OF_MANY[size], {
      worker: () => measureMs(() => uploader.upload(documents)),
      curl: () => measureMs(() => uploadAllByCurl(sink.url, folder, documents, UPLOAD_CONCURRENCY)),
      sha256sum: () => hashBySha256sum(folder, documents),
    });
    await uploader.close();
    await sink.close();
    const reference = getSlower(curl, sha256sum);
    return [{ name: 'upload-many', unit: 'ms', measured: worker, reference, target: TARGET }];
  },
};

/** The slower of two commands, round by round. */
function getSlower(one: readonly number[], other: readonly number[]): number[] {
  return one.map((ms, round) => Math.max(ms, other[round] ?? 0));
}
