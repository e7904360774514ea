import { timeSkippingWorlds } from '../support/time-skipping.js';

const world = timeSkippingWorlds();
const SECOND = 1 / 86_400;

describe('A deadline', () => {
  it('shorter than initiate lets it end, so that its session is known', async () => {
    const { fake, start } = await world();
    fake.faults.add({ call: 'initiate', delaySeconds: 2 });
    const signing = await start({ deadlineDays: SECOND });
    const result = await signing.result();
    expect(result).toMatchObject({ state: 'expired', sessionId: fake.sessions()[0]?.id });
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
