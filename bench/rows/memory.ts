import type { Figure } from '../figure.js';
import { inTurn, type Row } from '../row.js';
import { answerOf, startSink } from '../support/child.js';
import { makeDocuments, MEBIBYTE, MEGABYTE } from '../support/documents.js';

const ROUNDS = 5;
const MOST_MB = 24;

export const memory: Row = {
  name: 'memory',
  about: 'growth of the memory (RSS, at its highest) of a process of its own while it uploads, 5 and 50 MB',
  run: async (folder) => {
    const sink = await startSink();
    const small = await makeDocuments(folder, { count: 1, bytes: 100_000 });
    const grown = async (count: number, megabytes: number): Promise<() => Promise<number>> => {
      const documents = await makeDocuments(folder, { count, bytes: megabytes * MEGABYTE });
      const args = [folder, sink.url, JSON.stringify(small), JSON.stringify(documents)];
      return async () => Number(await answerOf('memory-process', args)) / MEBIBYTE;
    };
    const samples = await inTurn(ROUNDS, {
      'memory, 1 × 5 MB': await grown(1, 5),
      'memory, 1 × 50 MB': await grown(1, 50),
      'memory, 20 documents, 5 MB': await grown(20, 5),
      'memory, 20 documents, 50 MB': await grown(20, 50),
    });
    await sink.close();
    return Object.entries(samples).map(([name, measured]): Figure => ({
      name,
      unit: 'MB',
      measured,
      target: { of: 'median', atMost: MOST_MB },
    }));
  },
};
