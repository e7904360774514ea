import pLimit from 'p-limit';
import { createSigningClient } from '../../src/client/index.js';
import { interleave, measureMs, type Benchmark } from '../benchmark.js';
import { startCountingWorker } from '../support/bare/start.js';
import { createDocument } from '../support/documents.js';
import { startGateway } from '../support/gateway.js';
import { createRequest } from '../support/signings.js';
import { startEnvironment } from '../support/environment.js';

const ROUNDS = 5;
const STARTS = 200;
/** As many employees as starts at once, since an employee's places are asked for in turn. */
const CONCURRENCY = 50;
/** The gateway's default is 30 an hour; each employee starts 48. Both sides have the same. */
const STARTS_PER_HOUR = 100;

/**
 * On both sides the worker counts starts and carries no session out, so that it is starts that are measured. They go by
 * turns to the same employees: their counts are there already, as they are in an hour of work.
 */
export const gateway: Benchmark = {
  name: 'gateway',
  description: `starts a second through the gateway, ${CONCURRENCY} at once, against the starter library directly with the same limit of starts`,
  run: async (folder) => {
    const stage = await startEnvironment(folder, { inMemory: true });
    await stage.worker.stop();
    const counting = await startCountingWorker(stage.address);
    const gate = await startGateway(stage, { connections: CONCURRENCY, startsPerHour: STARTS_PER_HOUR });
    const library = createSigningClient(stage.client, undefined, { startsPerHour: STARTS_PER_HOUR });
    try {
      const document = await createDocument(stage.documents, 'document.pdf', 20_000);
      const perSecond = async (start: (request: unknown) => Promise<unknown>): Promise<number> => {
        const requests = Array.from({ length: STARTS }, (_, place) =>
          createRequest([document], `employee-${place % CONCURRENCY}`),
        );
        const limit = pLimit(CONCURRENCY);
        const startAll = () => Promise.all(requests.map((request) => limit(start, request)));
        return STARTS / ((await measureMs(startAll)) / 1000);
      };
      const { through, direct } = await interleave(ROUNDS, {
        through: () => perSecond((request) => gate.start(request)),
        direct: () => perSecond((request) => library.start(request)),
      });
      const target = { of: 'ratio', atLeast: 0.8 } as const;
      return [{ name: 'gateway', unit: '/s', measured: through, reference: direct, target }];
    } finally {
      await gate.stop();
      await counting.stop();
      await stage.stop();
    }
  },
};
