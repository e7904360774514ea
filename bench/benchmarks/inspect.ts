import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { createRequestChecker } from '../../src/documents/check-request.js';
import { createSources } from '../../src/documents/sources.js';
import type { CheckedDocument } from '../../src/domain/request.js';
import { createPdfInspector } from '../../src/pdf/inspector.js';
import { type Benchmark, type PerSize, interleave, measureMs } from '../benchmark.js';
import { MEGABYTE, createDocuments } from '../support/documents.js';

const ROUNDS: PerSize = { full: 5, quick: 3 };
const MAX_BLOCK_MS = 50;

export const inspect: Benchmark = {
  name: 'inspect',
  description: 'a request with 20 documents, 50 MB together, checked, against reading and SHA-256 alone',
  run: async (folder, { size }) => {
    const documents = await createDocuments(folder, { count: 20, bytes: 50 * MEGABYTE });
    const sources = createSources({ root: folder, hosts: [] });
    const checker = createRequestChecker(sources, createPdfInspector());
    const request = createRequest(documents);
    const delay = monitorEventLoopDelay({ resolution: 1 });
    const blocks: number[] = [];
    const check = async (): Promise<void> => {
      delay.reset();
      delay.enable();
      const checked = await checker.check(request);
      delay.disable();
      blocks.push(delay.max / 1e6);
      if (!checked.ok) throw new Error(`The request is not accepted: ${JSON.stringify(checked.problems)}`);
    };
    const { inspected, read } = await interleave(ROUNDS[size], {
      inspected: () => measureMs(check),
      read: () => measureMs(() => readAndHash(folder, documents)),
    });
    await sources.close();
    return [
      { name: 'inspect', unit: 'ms', measured: inspected, reference: read },
      {
        name: 'inspect, longest block',
        unit: 'ms',
        measured: blocks.slice(1),
        target: { of: 'max', atMost: MAX_BLOCK_MS },
      },
    ];
  },
};

async function readAndHash(folder: string, documents: readonly CheckedDocument[]): Promise<void> {
  for (const { name, sha256 } of documents) {
    const hash = createHash('sha256').update(await readFile(join(folder, name)));
    if (hash.digest('hex') !== sha256) throw new Error(`${name} has changed.`);
  }
}

function createRequest(documents: readonly CheckedDocument[]): unknown {
  return {
    requestId: 'bench',
    employeeId: '45',
    name: 'Benchmark',
    method: 'aes',
    participants: [
      { email: 'john.doe@example.invalid', firstname: 'John', lastname: 'Doe', mobile: '+49176123456789' },
    ],
    documents: documents.map(({ source }) => ({ source })),
  };
}
