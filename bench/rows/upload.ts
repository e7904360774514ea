import { inTurn, timed, type Row } from '../row.js';
import { startSink } from '../support/child.js';
import { curlUpload } from '../support/curl.js';
import { makeDocument, MEGABYTE } from '../support/documents.js';
import { createUploader } from '../support/uploader.js';

const ROUNDS = 15;

export const upload: Row = {
  name: 'upload',
  about: 'one document of 50 MB through the upload activity, against curl -F to the same host on loopback',
  run: async (folder) => {
    const document = await makeDocument(folder, 'document.pdf', 50 * MEGABYTE);
    const sink = await startSink();
    const uploader = createUploader(folder, sink.url);
    const ownClock: number[] = [];
    const { worker, command } = await inTurn(ROUNDS, {
      worker: () => timed(() => uploader.upload([document])),
      command: async () => {
        const times = await curlUpload(sink.url, folder, document);
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
