import { setTimeout as sleep } from 'node:timers/promises';
import { measureMs, interleave, type Benchmark } from '../benchmark.js';
import { createDocument } from '../support/documents.js';
import { countActivities, countAttributeUpdates, fetchSigningEvents } from '../support/events.js';
import { runOneToSignature, runBatchToSignature, runBareBatch } from '../support/signings.js';
import { startEnvironment } from '../support/environment.js';

// Counting costs the server the more, the more sessions there are.
const BATCH = { count: 100, concurrency: 50, lookMs: 250 };
/** Sessions of the rounds before are not to be looked at during the next ones. */
const POLL_SECONDS = 1800;
const ROUNDS = 9;
/** A worker runs for weeks; in its first hundreds of sessions the engine still compiles much of its code. */
const WARM_UPS = 2;
/** The first look at the list follows at once, within what is measured when many are under way, and counts too. */
const FIRST_POLL_MS = 2_000;

/**
 * The bare workflow has the activities alone, on the server and with the worker settings of the sessions: neither search
 * attributes, details nor a timer. What a session shows of itself is so part of what is measured, and so is what it saves
 * by making two of its calls within its own task. A second one changes its search attributes as often as a session does.
 */
export const lifecycle: Benchmark = {
  name: 'lifecycle',
  description: `sessions a second from start to awaiting signature, 1 document, ${BATCH.concurrency} at once, against a bare workflow with as many activities that do nothing`,
  run: async (folder) => {
    // In memory: on a file, the disk takes most of the time, and of both.
    const stage = await startEnvironment(folder, { inMemory: true, pollSeconds: POLL_SECONDS });
    try {
      const document = await createDocument(stage.documents, 'document.pdf', 20_000);
      const first = await runOneToSignature(stage, [document]);
      await sleep(FIRST_POLL_MS);
      const events = await fetchSigningEvents(stage, first);
      const activities = countActivities(events);
      const changes = countAttributeUpdates(events);
      const perSecond = async (work: () => Promise<unknown>): Promise<number> =>
        BATCH.count / ((await measureMs(work)) / 1000);
      const tasks = {
        sessions: () => perSecond(() => runBatchToSignature(stage, BATCH, [document])),
        bare: () => perSecond(() => runBareBatch(stage, BATCH, activities)),
        shown: () => perSecond(() => runBareBatch(stage, BATCH, activities, changes)),
      };
      const { sessions, bare, shown } = await interleave(ROUNDS, tasks, WARM_UPS);
      const measured = { unit: '/s', measured: sessions } as const;
      const target = { of: 'ratio', atLeast: 0.8 } as const;
      return [
        { name: `lifecycle, ${activities} activities`, ...measured, reference: bare, target },
        { name: `lifecycle, and ${changes} changes of search attributes`, ...measured, reference: shown },
      ];
    } finally {
      await stage.stop();
    }
  },
};
