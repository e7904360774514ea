import { createSigningClient } from '../../src/client/index.js';
import { waitUntil } from '../support/async-helpers.js';
import { useRealEnvironments } from '../support/real-environment.js';
import type { Signing } from '../support/signing.js';

const createEnvironment = useRealEnvironments({
  dynamicConfig: { 'limit.historyCount.suggestContinueAsNew': 150 },
});

const readRunId = async ({ handle }: Signing): Promise<string> => (await handle.describe()).runId;

describe('Poll requests', () => {
  it('can come by the hundred: the signing continues in a fresh run before its history grows too long', async () => {
    const { fake, start, startWorker, client, taskQueue } = await createEnvironment();
    const worker = await startWorker();
    const signing = await start();
    const before = await signing.untilState('awaiting-handover');
    const firstRun = await readRunId(signing);

    await waitUntil('another run has taken over', async () => {
      await signing.handle.signal('checkNow');
      return (await readRunId(signing)) !== firstRun;
    });
    const after = await signing.untilState('awaiting-handover');
    expect({ ...after, updatedAt: before.updatedAt }).toEqual(before);

    // A list shows only the new run.
    const signings = createSigningClient(client, taskQueue);
    const startedAt = (await signing.handle.describe()).startTime.toISOString();
    await waitUntil('the list has caught up', async () => {
      const found = (await signings.list()).filter(({ requestId }) => requestId === signing.requestId);
      return found.length === 1 && found[0]?.startedAt === startedAt;
    });

    // The new run behaves like the first: it survives a worker, accepts signals and completes.
    worker.kill('SIGKILL');
    await worker.exited;
    await startWorker();
    await signing.signAll();
    expect(await signing.result()).toMatchObject({ state: 'completed', deadline: before.deadline });
    expect(fake.ledger.effects('session-initiated')).toHaveLength(1);
    expect(fake.ledger.effects('document-attached')).toHaveLength(2);
  });
});

describe('A message that is sent before a worker has started the signing', () => {
  it('is answered by the first worker', async () => {
    const { start, startWorker } = await createEnvironment();
    const signing = await start();
    const asked = signing.status();
    await startWorker();
    expect((await asked).requestId).toBe(signing.requestId);
  });

  it('prevents all calls if it is a cancellation', async () => {
    const { fake, start, startWorker } = await createEnvironment();
    const signing = await start();
    await signing.handle.cancel();
    await startWorker();
    expect(await signing.result()).toMatchObject({ state: 'cancelled', sessionId: null });
    expect(fake.ledger.entries()).toHaveLength(0);
  });
});

// The first poll lasts at most 3 seconds, during which the signing answers no query.
describe.each([
  { delaySeconds: 2, poll: 'a slow first poll' },
  { delaySeconds: 4, poll: 'a first poll that is abandoned' },
])('A poll request and a query during $poll', ({ delaySeconds }) => {
  it('are not lost: the query is answered and another poll follows', async () => {
    const { fake, start, startWorker } = await createEnvironment();
    // Only the first poll and requested polls.
    await startWorker({ SIGNING_POLL_SECONDS: '3600' });
    fake.faults.add({ call: 'list', delaySeconds });
    const signing = await start();
    await waitUntil('the first poll is in flight', () =>
      fake.ledger.entries().some(({ call }) => call === 'list'),
    );
    fake.handOver(fake.sessions()[0]?.id ?? 0);
    await signing.handle.signal('checkNow');
    expect((await signing.status()).requestId).toBe(signing.requestId);
    await signing.untilState('awaiting-signature');
    await signing.signAll();
    expect(await signing.result()).toMatchObject({ state: 'completed' });
  });
});

describe('A contract session of another signing', () => {
  it('is not adopted, even while it has no documents', async () => {
    const { fake, start, startWorker } = await createEnvironment();
    await startWorker();
    fake.faults.add({ call: 'upload-url', status: 403 });
    const other = await start();
    const { sessionId } = await other.untilState('needs-attention');
    fake.faults.add({ call: 'initiate', reset: 'after' });
    const signing = await start();
    await signing.untilState('needs-attention');

    await signing.resolve({ action: 'adopt', sessionId });
    const { attention } = await signing.untilState('needs-attention');
    expect(attention?.reason).toContain(`Contract session ${sessionId ?? 0} belongs to another signing`);
  });
});
