import { useRealEnvironments } from '../support/real-environment.js';

const createEnvironment = useRealEnvironments();

const SIGNALS = 12_000;
const CONCURRENCY = 300;
/** Temporal's message once a run has 10,000 signals; a fresh run accepts more. */
const SIGNAL_LIMIT_MESSAGE = 'exceeded workflow execution limit for signal events';

describe('A burst of poll requests', () => {
  it('of 12,000 is harmless: the signing answers immediately, by the same worker, and completes', async () => {
    const { fake, start, startWorker } = await createEnvironment();
    const worker = await startWorker({ SIGNING_POLL_SECONDS: '3600' });
    const signing = await start();
    await signing.untilState('awaiting-handover');

    const failures = await sendSignals(() => signing.handle.signal('checkNow'));
    expect(failures.filter((message) => !message.includes(SIGNAL_LIMIT_MESSAGE))).toEqual([]);

    expect((await signing.status()).state).toBe('awaiting-handover');
    expect(worker.output()).not.toContain('Script execution timed out');
    await signing.signAll();
    expect(await signing.result()).toMatchObject({ state: 'completed' });
    expect(fake.ledger.effects('document-attached')).toHaveLength(2);
  }, 300_000);
});

/** Sends all poll requests, many concurrently, and returns why some were refused. */
async function sendSignals(send: () => Promise<void>): Promise<string[]> {
  const failures: string[] = [];
  let remaining = SIGNALS;
  const sender = async (): Promise<void> => {
    while (remaining > 0) {
      remaining -= 1;
      await send().catch((error: unknown) => {
        failures.push(error instanceof Error ? String(error.cause) : String(error));
      });
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, sender));
  return failures;
}
