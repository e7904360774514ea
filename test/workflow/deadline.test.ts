import { timeSkippingWorlds } from '../support/time-skipping.js';

const world = timeSkippingWorlds();
/** Time enough for whatever comes before initiate, on a busy machine too. */
const EIGHT_SECONDS = 8 / 86_400;

describe('A deadline', () => {
  it('shorter than initiate lets it end, so that its session is known', async () => {
    const { fake, start } = await world({ client: { timeoutMs: 30_000 } });
    fake.faults.add({ call: 'initiate', delaySeconds: 10 });
    const signing = await start({ deadlineDays: EIGHT_SECONDS });
    const result = await signing.result();
    expect(result).toMatchObject({ state: 'expired', sessionId: fake.sessions()[0]?.id ?? 'none' });
    expect(fake.ledger.effects('file-uploaded')).toHaveLength(0);
  });

  it('ends a session that needs attention, and keeps the reason', async () => {
    const { fake, start } = await world();
    fake.faults.add({ call: 'initiate', status: 500 });
    const signing = await start();
    const result = await signing.result();
    expect(result).toMatchObject({ state: 'expired', attention: { step: 'initiate', actions: [] } });
  });
});
