import type { WorkflowHandle } from '@temporalio/client';
import { useTimeSkippingEnvironments } from '../support/time-skipping-environment.js';

const createEnvironment = useTimeSkippingEnvironments();

const MINUTE_MS = 60_000;
const DAYS = 30;
/** The pauses vary by ±20 %, which nearly cancels out. */
const TOLERANCE = 0.05;

describe(`A signing that waits for ${DAYS} days`, () => {
  // docs/performance.md, "What waiting costs", has these figures.
  it.each([
    [30, 1450],
    [120, 370],
    [360, 134],
  ])('with polls every %i minutes costs about %i calls and billed actions', async (minutes, expected) => {
    const { fake, start, advanceTime } = await createEnvironment({ maxPollMs: minutes * MINUTE_MS });
    const countCalls = (): number => fake.ledger.entries().filter(({ call }) => call === 'list').length;
    const signing = await start({ deadlineDays: 2 * DAYS });
    await signing.untilState('awaiting-handover');
    const [calls, { historyLength }] = [countCalls(), await signing.handle.describe()];

    await advanceTime(DAYS * 24 * 60 * 60);
    const newCalls = countCalls() - calls;
    expect(Math.abs(newCalls / expected - 1)).toBeLessThan(TOLERANCE);
    // Temporal Cloud bills every attempt of an activity. The first one only waits, and the pending one is the next.
    const { nextAttempt, newEvents } = await describeWait(signing.handle, historyLength);
    expect(nextAttempt - 1).toBe(newCalls + 1);
    expect(newEvents).toBe(0);
  });
});

async function describeWait(
  handle: WorkflowHandle,
  eventsBefore: number,
): Promise<{ nextAttempt: number; newEvents: number }> {
  const { raw, historyLength } = await handle.describe();
  const [poll] = raw.pendingActivities ?? [];
  return { nextAttempt: poll?.attempt ?? 0, newEvents: historyLength - eventsBefore };
}
