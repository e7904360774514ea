import pLimit from 'p-limit';
import { createSigningClient } from '../../src/client/index.js';
import { type Benchmark, type PerSize, interleave, measureMs } from '../benchmark.js';
import { startCountingWorker } from '../support/bare/start.js';
import { createDocument } from '../support/documents.js';
import { startEnvironment } from '../support/environment.js';
import { startGateway } from '../support/gateway.js';
import { createRequest } from '../support/signings.js';

const ROUNDS: PerSize = { full: 5, quick: 2 };
const STARTS: PerSize = { full: 200, quick: 100 };
/** As many employees as concurrent starts, since the reservations of one employee are made in turn. */
const CONCURRENCY = 50;
/** Above the gateway's default of 30, since each employee starts 48. Both sides have the same limit. */
const STARTS_PER_HOUR = 100;

/**
 * On both sides the worker only counts starts, so that starts alone are measured. They go in turn to the same employees,
 * who have reservations already, as in an hour of work.
 */
export const gateway: Benchmark = {
  name: 'gateway',
  description: `starts a second through the gateway, ${CONCURRENCY} concurrent, against the client library with the same limit of starts`,
  supportsCluster: true,
  run: async (folder, setup) => {
    const { size } = setup;
    const environment = await startEnvironment(folder, { inMemory: true, setup });
    await environment.workers.stop();
    const counting = await startCountingWorker(environment.address);
    const gate = await startGateway(environment, {
      connections: CONCURRENCY,
      startsPerHour: STARTS_PER_HOUR,
    });
    const library = createSigningClient(environment.client, undefined, { startsPerHour: STARTS_PER_HOUR });
    try {
      const document = await createDocument(environment.documents, 'document.pdf', 20_000);
      const perSecond = async (start: (request: unknown) => Promise<unknown>): Promise<number> => {
        const requests = Array.from({ length: STARTS[size] }, (_, index) =>
          createRequest([document], `employee-${index % CONCURRENCY}`),
        );
        const limit = pLimit(CONCURRENCY);
        const startAll = () => Promise.all(requests.map((request) => limit(start, request)));
        return STARTS[size] / ((await measureMs(startAll)) / 1000);
      };
      const { through, direct } = await interleave(ROUNDS[size], {
        through: () => perSecond((request) => gate.start(request)),
        direct: () => perSecond((request) => library.start(request)),
      });
      const target = { of: 'ratio', atLeast: 0.8 } as const;
      return [{ name: 'gateway', unit: '/s', measured: through, reference: direct, target }];
    } finally {
      await gate.stop();
      await counting.stop();
      await environment.stop();
    }
  },
};
