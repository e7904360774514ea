import { createSigningClient } from '../../src/client/index.js';
import { waitUntil } from '../support/async-helpers.js';
import { useRealEnvironments } from '../support/real-environment.js';
import type { Signing } from '../support/signing.js';

const createEnvironment = useRealEnvironments({
  dynamicConfig: { 'limit.historyCount.suggestContinueAsNew': 150 },
});

const readRunId = async ({ handle }: Signing): Promise<string> => (await handle.describe()).runId;

describe('Hints to look now', () => {
  it('may come by the hundred: the session goes on in a fresh run before its history grows too long', async () => {
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

    // A list shows the run that has taken over, and no other.
    const signings = createSigningClient(client, taskQueue);
    const startedAt = (await signing.handle.describe()).startTime.toISOString();
    await waitUntil('the list has caught up', async () => {
      const found = (await signings.list()).filter(({ requestId }) => requestId === signing.requestId);
      return found.length === 1 && found[0]?.startedAt === startedAt;
    });

    // The new run is one like the first: it survives a worker, is told things and ends.
    worker.kill('SIGKILL');
    await worker.exited;
    await startWorker();
    await signing.signAll();
    expect(await signing.result()).toMatchObject({ state: 'completed', deadline: before.deadline });
    expect(fake.ledger.effects('session-initiated')).toHaveLength(1);
    expect(fake.ledger.effects('document-attached')).toHaveLength(2);
  });
});

describe('What is sent before a worker has seen the session', () => {
  it('is answered by the first worker', async () => {
    const { start, startWorker } = await createEnvironment();
    const signing = await start();
    const asked = signing.status();
    await startWorker();
    expect((await asked).requestId).toBe(signing.requestId);
  });

  it('keeps everything from being sent where it is a cancellation', async () => {
    const { fake, start, startWorker } = await createEnvironment();
    const signing = await start();
    await signing.handle.cancel();
    await startWorker();
    expect(await signing.result()).toMatchObject({ state: 'cancelled', sessionId: null });
    expect(fake.ledger.entries()).toHaveLength(0);
  });
});

// The first look lasts 3 seconds at most, and the session answers nobody meanwhile.
describe.each([
  { delaySeconds: 2, look: 'a first look that is slow' },
  { delaySeconds: 4, look: 'a first look that is given up' },
])('A hint and a question during $look', ({ delaySeconds }) => {
  it('are not lost: the question is answered and another look taken', async () => {
    const { fake, start, startWorker } = await createEnvironment();
    // No look but the first and those that are hinted at.
    await startWorker({ SIGNING_POLL_SECONDS: '3600' });
    fake.faults.add({ call: 'list', delaySeconds });
    const signing = await start();
    await waitUntil('the first look is under way', () =>
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
