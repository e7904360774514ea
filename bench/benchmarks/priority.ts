import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Benchmark, type PerSize, interleave } from '../benchmark.js';
import { createDocument } from '../support/documents.js';
import { type BenchEnvironment, startEnvironment } from '../support/environment.js';
import { countDuePolls, startPollBacklog } from '../support/poll-backlog.js';
import { createWaitingSignings } from '../support/waiting-signings.js';

const WAITING: PerSize = { full: 5_000, quick: 300 };
const ROUNDS: PerSize = { full: 20, quick: 5 };
/** By then the worker has made the polls that it may make after a pause. */
const CATCH_UP_MS = 1_000;

export const priority: Benchmark = {
  name: 'priority',
  description:
    'a new signing until its upload while the polls of many waiting ones are due, against an idle worker',
  run: async (folder, { size }) => {
    const environments: BenchEnvironment[] = [];
    const open = async (name: string) => {
      const subfolder = join(folder, name);
      await mkdir(subfolder);
      const environment = await startEnvironment(subfolder, { inMemory: true });
      environments.push(environment);
      const document = await createDocument(environment.documents, 'document.pdf', 20_000);
      return { environment, document, signings: createWaitingSignings(environment, document) };
    };
    try {
      const idle = await open('idle');
      const busy = await open('busy');
      await startPollBacklog(busy.environment, busy.document, WAITING[size]);
      const due: number[] = [await countDuePolls(busy.environment)];
      const { measured, reference } = await interleave(ROUNDS[size], {
        reference: () => busy.environment.whilePaused(() => idle.signings.measureStart()),
        measured: async () => {
          await sleep(CATCH_UP_MS);
          return busy.signings.measureStart();
        },
      });
      due.push(await countDuePolls(busy.environment));
      const target = { of: 'ratio', atMost: 1.5 } as const;
      return [
        { name: 'priority, new signing until its upload', unit: 'ms', measured, reference, target },
        { name: 'priority, polls due at start and end', unit: '', measured: due },
      ];
    } finally {
      for (const environment of environments) await environment.stop();
    }
  },
};
