import { interleave, measureMs, type Benchmark } from '../benchmark.js';
import { createDocuments } from '../support/documents.js';
import { countActivities, fetchSigningEvents, toMilliseconds, type Event } from '../support/events.js';
import { createPlainScript } from '../support/plain-script.js';
import { runOneToSignature, runBare } from '../support/signings.js';
import { startEnvironment } from '../support/environment.js';

const ROUNDS = 15;

export const latency: Benchmark = {
  name: 'latency',
  description:
    'one session from start to awaiting signature, 3 documents, against the same calls in a plain script plus a bare workflow with as many activities',
  run: async (folder) => {
    const stage = await startEnvironment(folder);
    const script = createPlainScript(stage);
    try {
      const documents = await createDocuments(stage.documents, { count: 3, bytes: 60_000 });
      const session = async (): Promise<readonly Event[]> => {
        return takeUntilAwaiting(await fetchSigningEvents(stage, await runOneToSignature(stage, documents)));
      };
      const activities = countActivities(await session());
      const { measured, calls, bare } = await interleave(ROUNDS, {
        measured: async () => measureDuration(await session()),
        calls: () => measureMs(() => script.run(documents)),
        bare: () => measureMs(() => runBare(stage, activities)),
      });
      const reference = calls.map((ms, round) => ms + (bare[round] ?? NaN));
      const target = { of: 'ratio', atMost: 1.3 } as const;
      return [{ name: `latency, ${activities} activities`, unit: 'ms', measured, reference, target }];
    } finally {
      await script.close();
      await stage.stop();
    }
  },
};

/** The events until the state was shown. */
function takeUntilAwaiting(events: readonly Event[]): readonly Event[] {
  const lastUpdate = events.findLastIndex(
    ({ upsertWorkflowSearchAttributesEventAttributes: shows }) => shows != null,
  );
  return events.slice(0, lastUpdate + 1);
}

/** Milliseconds by the server's clock. */
function measureDuration(events: readonly Event[]): number {
  const [first] = events;
  const last = events.at(-1);
  if (first === undefined || last === undefined) throw new Error('The session shows no state.');
  return toMilliseconds(last) - toMilliseconds(first);
}
