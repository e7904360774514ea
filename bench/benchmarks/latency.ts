import { type Benchmark, type PerSize, interleave, measureMs } from '../benchmark.js';
import { createDocuments } from '../support/documents.js';
import { startEnvironment } from '../support/environment.js';
import { type Event, countActivities, fetchSigningEvents, toMilliseconds } from '../support/events.js';
import { createPlainScript } from '../support/plain-script.js';
import { runBare, runOneToSignature } from '../support/signings.js';

const ROUNDS: PerSize = { full: 15, quick: 5 };

export const latency: Benchmark = {
  name: 'latency',
  description:
    'one signing from start to awaiting signature, 3 documents, against the same calls in a plain script plus a bare workflow with as many activities',
  supportsCluster: true,
  run: async (folder, setup) => {
    const { size } = setup;
    const environment = await startEnvironment(folder, { setup });
    const script = createPlainScript(environment);
    try {
      const documents = await createDocuments(environment.documents, { count: 3, bytes: 60_000 });
      const runSigning = async (): Promise<readonly Event[]> => {
        return takeUntilAwaiting(
          await fetchSigningEvents(environment, await runOneToSignature(environment, documents)),
        );
      };
      const activities = countActivities(await runSigning());
      const { measured, calls, bare } = await interleave(ROUNDS[size], {
        measured: async () => measureDuration(await runSigning()),
        calls: () => measureMs(() => script.run(documents)),
        bare: () => measureMs(() => runBare(environment, activities)),
      });
      const reference = calls.map((ms, round) => ms + (bare[round] ?? NaN));
      const target = { of: 'ratio', atMost: 1.3 } as const;
      return [{ name: `latency, ${activities} activities`, unit: 'ms', measured, reference, target }];
    } finally {
      await script.close();
      await environment.stop();
    }
  },
};

/** The events until the last update of the search attributes. */
function takeUntilAwaiting(events: readonly Event[]): readonly Event[] {
  const lastUpdate = events.findLastIndex(
    ({ upsertWorkflowSearchAttributesEventAttributes: update }) => update != null,
  );
  return events.slice(0, lastUpdate + 1);
}

/** In milliseconds, by the server's clock. */
function measureDuration(events: readonly Event[]): number {
  const [first] = events;
  const last = events.at(-1);
  if (first === undefined || last === undefined) throw new Error('The signing has no events.');
  return toMilliseconds(last) - toMilliseconds(first);
}
