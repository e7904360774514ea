import { captureRejection } from '../../support/async-helpers.js';
import type { Signing } from '../../support/signing.js';
import { useTimeSkippingEnvironments } from '../../support/time-skipping-environment.js';
import type { TestEnvironment } from '../../support/time-skipping-environment.js';

const createEnvironment = useTimeSkippingEnvironments();

const A_QUARTER_OF_AN_HOUR = 15 * 60;
const A_DAY = 24 * 60 * 60;

const countPolls = ({ fake }: TestEnvironment): number =>
  fake.ledger.entries().filter(({ call, status }) => call === 'list' && status !== null).length;

async function countEvents({ handle }: Signing): Promise<number> {
  return (await handle.fetchHistory()).events?.length ?? 0;
}

/** Hands over and signs at the vendor, and lets time pass until the signing has noticed it. */
async function signBetweenPolls({ fake, advanceTime }: TestEnvironment, signing: Signing): Promise<void> {
  const { sessionId } = await signing.status();
  fake.handOver(sessionId ?? 0);
  fake.sign(sessionId ?? 0);
  await advanceTime(2 * A_QUARTER_OF_AN_HOUR);
}

describe('A list call that seems to be missing at the first polls', () => {
  it.each([404, 405, 501])('with status %i is polled slowly, and found', async (status) => {
    const made = await createEnvironment();
    made.fake.faults.add({ call: 'list', status, times: 3 });
    const signing = await made.start();
    await signing.untilState('awaiting-handover');
    await signing.until(() => countPolls(made) === 2);
    await made.advanceTime(2 * A_QUARTER_OF_AN_HOUR);
    await signing.until(() => countPolls(made) > 3);
    await signBetweenPolls(made, signing);
    expect(await signing.result()).toMatchObject({ state: 'completed', attention: null });
  });

  it('is polled immediately after a poll request', async () => {
    const made = await createEnvironment({ vendor: { list: false } });
    const signing = await made.start();
    await signing.until(() => countPolls(made) === 2);
    made.fake.settings.list = true;
    made.fake.handOver((await signing.status()).sessionId ?? 0);
    await signing.handle.signal('checkNow');
    await signing.untilState('awaiting-signature');
  });

  it('adds no event however long it is polled, and lets a person record an outcome', async () => {
    const made = await createEnvironment({ vendor: { list: false } });
    const signing = await made.start();
    await signing.until(() => countPolls(made) === 2);
    const before = { events: await countEvents(signing), polls: countPolls(made) };
    await made.advanceTime(3 * A_DAY);
    expect(await countEvents(signing)).toBe(before.events);
    const polls = countPolls(made) - before.polls;
    expect(polls).toBeGreaterThan(10);
    expect(polls).toBeLessThan((3 * 24 * 60) / 20);
    await signing.handle.executeUpdate('recordOutcome', { args: [{ outcome: 'completed' }] });
    expect((await signing.result()).state).toBe('completed');
  });

  it('does not count as missing once it has worked for another signing', async () => {
    const made = await createEnvironment();
    const other = await made.start();
    await other.untilState('awaiting-handover');
    await other.until(() => countPolls(made) === 1);
    made.fake.faults.add({ call: 'list', status: 404 });
    made.fake.faults.add({ call: 'list', status: 405 });
    const signing = await made.start();
    await signing.untilState('awaiting-handover');
    await signing.until(() => countPolls(made) === 2);
    await signBetweenPolls(made, signing);
    expect(await signing.result()).toMatchObject({ state: 'completed' });
  });
});

describe('A signing that needs attention since the list is refused', () => {
  const parked = async (status: number): Promise<{ made: TestEnvironment; signing: Signing }> => {
    const made = await createEnvironment();
    const signing = await made.start();
    await signing.untilState('awaiting-handover');
    await signing.until(() => countPolls(made) === 1);
    made.fake.faults.add({ call: 'list', status, times: 1_000_000 });
    await made.advanceTime(A_QUARTER_OF_AN_HOUR);
    await signing.untilState('needs-attention');
    return { made, signing };
  };

  it.each([401, 404])('with status %i goes on automatically once a poll succeeds', async (status) => {
    const { made, signing } = await parked(status);
    made.fake.faults.clear();
    await made.advanceTime(2 * A_QUARTER_OF_AN_HOUR);
    expect(await signing.untilState('awaiting-handover')).toMatchObject({ attention: null });
    await signing.signAll();
    expect(await signing.result()).toMatchObject({ state: 'completed', attention: null });
  });

  it('polls immediately after a poll request', async () => {
    const { made, signing } = await parked(401);
    await signing.handle.signal('checkNow');
    await signing.untilState('needs-attention');
    made.fake.faults.clear();
    await signing.handle.signal('checkNow');
    await signing.untilState('awaiting-handover');
    const refused = await captureRejection(
      signing.handle.executeUpdate('resolve', { args: [{ action: 'retry' }] }),
    );
    expect(String((refused as Error).cause)).toContain('does not need attention');
  });

  it('adds no event however long it is refused', async () => {
    const { made, signing } = await parked(403);
    const before = { events: await countEvents(signing), polls: countPolls(made) };
    await made.advanceTime(3 * A_DAY);
    expect(await countEvents(signing)).toBe(before.events);
    expect(countPolls(made)).toBeGreaterThan(before.polls + 10);
  });

  it('can be aborted by a person while it polls', async () => {
    const { signing } = await parked(401);
    const abort = { action: 'abort', reason: 'signed on paper' };
    await signing.resolve(abort);
    const result = await signing.result();
    expect(result.state).toBe('cancelled');
    expect(result.attention?.reason).toContain('signed on paper');
  });

  it('ends by a recorded outcome while it polls', async () => {
    const { signing } = await parked(401);
    await signing.handle.executeUpdate('recordOutcome', { args: [{ outcome: 'withdrawn' }] });
    expect(await signing.result()).toMatchObject({ state: 'withdrawn', attention: null });
  });
});
