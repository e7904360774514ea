import { inTurn, timed, type Row } from '../row.js';
import { startSink } from '../support/child.js';
import { curlUpload } from '../support/curl.js';
import { makeDocuments, MEBIBYTE } from '../support/documents.js';
import { createUploader } from '../support/uploader.js';

const ROUNDS = 15;

export const upload: Row = {
  name: 'upload',
  about: 'one document of 50 MB through the upload activity, against curl -F to the same host on loopback',
  run: async (folder) => {
    const documents = await makeDocuments(folder, { count: 1, bytes: 50 * MEBIBYTE });
    const sink = await startSink();
    const uploader = createUploader(folder, sink.url);
    const curl = async (): Promise<number> => {
      let ms = 0;
      for (const document of documents) ms += await curlUpload(sink.url, folder, document);
      return ms;
    };
    const { worker, reference } = await inTurn(ROUNDS, {
      worker: () => timed(() => uploader.upload(documents)),
      reference: curl,
    });
    await uploader.close();
    await sink.close();
    return [
      { name: 'upload', unit: 'ms', measured: worker, reference, target: { of: 'ratio', atMost: 1.25 } },
    ];
  },
};
