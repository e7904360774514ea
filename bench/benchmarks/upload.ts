import { interleave, measureMs, type Benchmark } from '../benchmark.js';
import { startSink } from '../support/child-process.js';
import { uploadByCurl } from '../support/curl.js';
import { createDocument, MEGABYTE } from '../support/documents.js';
import { createUploader } from '../support/uploader.js';

const ROUNDS = 15;

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
      // The warm-up's own time is the first.
      { name: "upload, by curl's own clock", ...measured, reference: ownClock.slice(1) },
    ];
  },
};
