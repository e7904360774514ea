import { inTurn, timed, type Row } from '../row.js';
import { makeDocuments } from '../support/documents.js';
import { countActivities, eventsOfSession, timeOf, type Event } from '../support/events.js';
import { createPlainScript } from '../support/plain-script.js';
import { bringOneToSignature, runBare } from '../support/sessions.js';
import { startStage } from '../support/stage.js';

const ROUNDS = 15;

export const latency: Row = {
  name: 'latency',
  about:
    'one session from start to awaiting signature, 3 documents, against the same calls in a plain script plus a bare workflow with as many activities',
  run: async (folder) => {
    const stage = await startStage(folder);
    const script = createPlainScript(stage);
    try {
      const documents = await makeDocuments(stage.documents, { count: 3, bytes: 60_000 });
      const session = async (): Promise<readonly Event[]> => {
        return untilAwaiting(await eventsOfSession(stage, await bringOneToSignature(stage, documents)));
      };
      const activities = countActivities(await session());
      const { measured, calls, bare } = await inTurn(ROUNDS, {
        measured: async () => duration(await session()),
        calls: () => timed(() => script.run(documents)),
        bare: () => timed(() => runBare(stage, activities)),
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
function untilAwaiting(events: readonly Event[]): readonly Event[] {
  const shown = events.findLastIndex(
    ({ upsertWorkflowSearchAttributesEventAttributes: shows }) => shows != null,
  );
  return events.slice(0, shown + 1);
}

/** Milliseconds by the server's clock. */
function duration(events: readonly Event[]): number {
  const [first] = events;
  const last = events.at(-1);
  if (first === undefined || last === undefined) throw new Error('The session shows no state.');
  return timeOf(last) - timeOf(first);
}
