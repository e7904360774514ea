import { realWorlds } from '../support/real-world.js';

const newWorld = realWorlds();

const HINTS = 12_000;
const AT_ONCE = 300;
/** What Temporal says once a run has taken 10,000 signals; a fresh run takes more. */
const LIMIT = 'exceeded workflow execution limit for signal events';

describe('A burst of hints to look now', () => {
  it('of 12,000 is survived: the session answers at once, by the same worker, and goes on to its end', async () => {
    const { fake, start, startWorker } = await newWorld();
    const worker = await startWorker({ SIGNING_POLL_SECONDS: '3600' });
    const signing = await start();
    await signing.untilState('awaiting-handover');

    const failures = await sendHints(() => signing.handle.signal('checkNow'));
    expect(failures.filter((message) => !message.includes(LIMIT))).toEqual([]);

    expect((await signing.status()).state).toBe('awaiting-handover');
    expect(worker.output()).not.toContain('Script execution timed out');
    await signing.signAll();
    expect(await signing.result()).toMatchObject({ state: 'completed' });
    expect(fake.ledger.effects('document-attached')).toHaveLength(2);
  }, 300_000);
});

/** Sends all hints, many at once, and returns why some were refused. */
async function sendHints(send: () => Promise<void>): Promise<string[]> {
  const failures: string[] = [];
  let left = HINTS;
  const lane = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await send().catch((error: unknown) => {
        failures.push(error instanceof Error ? String(error.cause) : String(error));
      });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  return failures;
}
