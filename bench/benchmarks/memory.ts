import { type Benchmark, type PerSize, interleave } from '../benchmark.js';
import type { Measurement } from '../measurement.js';
import { runProgram, startSink } from '../support/child-process.js';
import { MEBIBYTE, MEGABYTE, createDocuments } from '../support/documents.js';

const ROUNDS: PerSize = { full: 5, quick: 2 };
const MAX_GROWTH_MB = 64;

export const memory: Benchmark = {
  name: 'memory',
  description: 'peak growth of the memory (RSS) of a separate process while it uploads, 5 and 50 MB',
  run: async (folder, { size }) => {
    const sink = await startSink();
    const small = await createDocuments(folder, { count: 1, bytes: 100_000 });
    const createTask = async (count: number, megabytes: number): Promise<() => Promise<number>> => {
      const documents = await createDocuments(folder, { count, bytes: megabytes * MEGABYTE });
      const args = [folder, sink.url, JSON.stringify(small), JSON.stringify(documents)];
      return async () => Number(await runProgram('memory-process', args)) / MEBIBYTE;
    };
    const samples = await interleave(ROUNDS[size], {
      'memory, 1 × 5 MB': await createTask(1, 5),
      'memory, 1 × 50 MB': await createTask(1, 50),
      'memory, 20 documents, 5 MB': await createTask(20, 5),
      'memory, 20 documents, 50 MB': await createTask(20, 50),
    });
    await sink.close();
    return Object.entries(samples).map(([name, measured]): Measurement => ({
      name,
      unit: 'MB',
      measured,
      target: { of: 'median', atMost: MAX_GROWTH_MB },
    }));
  },
};
