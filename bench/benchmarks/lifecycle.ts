import { setTimeout as sleep } from 'node:timers/promises';
import { type Benchmark, type PerSize, type Size, interleave, measureMs } from '../benchmark.js';
import type { Batch } from '../support/batch.js';
import { createDocument } from '../support/documents.js';
import { startEnvironment } from '../support/environment.js';
import { countActivities, countAttributeUpdates, fetchSigningEvents } from '../support/events.js';
import { runBareBatch, runBatchToSignature, runOneToSignature } from '../support/signings.js';

/** Polls less often than by default, since counting costs the server more with every signing. */
const CONCURRENCY = 50;
const BATCHES: Readonly<Record<Size, Batch>> = {
  full: { count: 100, concurrency: CONCURRENCY, pollMs: 250 },
  quick: { count: 50, concurrency: CONCURRENCY, pollMs: 250 },
};
/** Signings of earlier rounds must not poll during later ones. */
const POLL_SECONDS = 1800;
const ROUNDS: PerSize = { full: 9, quick: 2 };
/** During the first hundreds of signings the engine still compiles much of the worker's code. */
const WARM_UPS: PerSize = { full: 2, quick: 1 };
/** The first poll of the list follows immediately; in a batch it is part of the measurement. */
const FIRST_POLL_MS = 2_000;

/**
 * The bare workflow has the same number of activities and of changes of its search attributes, on the same server and with
 * the same worker settings, but no details or timer. So the measurement includes what else a signing publishes, and what it
 * saves by two local activities. The second reference changes no search attributes.
 */
export const lifecycle: Benchmark = {
  name: 'lifecycle',
  description: `signings a second from start to awaiting signature, 1 document, ${CONCURRENCY} concurrent, against a bare workflow with as many activities, which do nothing, and as many changes of search attributes`,
  supportsCluster: true,
  run: async (folder, setup) => {
    const { size } = setup;
    const batch = BATCHES[size];
    // In memory: on a file, the disk would take most of the time on both sides.
    const environment = await startEnvironment(folder, { inMemory: true, pollSeconds: POLL_SECONDS, setup });
    try {
      const document = await createDocument(environment.documents, 'document.pdf', 20_000);
      const first = await runOneToSignature(environment, [document]);
      await sleep(FIRST_POLL_MS);
      const events = await fetchSigningEvents(environment, first);
      const activities = countActivities(events);
      const changes = countAttributeUpdates(events);
      const perSecond = async (work: () => Promise<unknown>): Promise<number> =>
        batch.count / ((await measureMs(work)) / 1000);
      const tasks = {
        signings: () => perSecond(() => runBatchToSignature(environment, batch, [document])),
        bare: () => perSecond(() => runBareBatch(environment, batch, activities)),
        updating: () => perSecond(() => runBareBatch(environment, batch, activities, changes)),
      };
      const { signings, bare, updating } = await interleave(ROUNDS[size], tasks, WARM_UPS[size]);
      const measured = { unit: '/s', measured: signings } as const;
      const target = { of: 'ratio', atLeast: 0.8 } as const;
      const name = `lifecycle, ${activities} activities`;
      return [
        {
          name: `${name} and ${changes} changes of search attributes`,
          ...measured,
          reference: updating,
          target,
        },
        { name: `${name} alone`, ...measured, reference: bare },
      ];
    } finally {
      await environment.stop();
    }
  },
};
