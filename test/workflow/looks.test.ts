import { rejection } from '../support/outcomes.js';
import type { Signing } from '../support/signing.js';
import { timeSkippingWorlds } from '../support/time-skipping.js';
import type { World } from '../support/world.js';

const world = timeSkippingWorlds();

const A_QUARTER_OF_AN_HOUR = 15 * 60;
const A_DAY = 24 * 60 * 60;

const looksAt = ({ fake }: World): number =>
  fake.ledger.entries().filter(({ call, status }) => call === 'list' && status !== null).length;

async function eventsOf({ handle }: Signing): Promise<number> {
  return (await handle.fetchHistory()).events?.length ?? 0;
}

/** Hands over and signs at the vendor, and lets time pass until the session has seen it. */
async function signUnseen({ fake, pass }: World, signing: Signing): Promise<void> {
  const { sessionId } = await signing.status();
  fake.handOver(sessionId ?? 0);
  fake.sign(sessionId ?? 0);
  await pass(2 * A_QUARTER_OF_AN_HOUR);
}

describe('A list call that seems to be missing at the first looks', () => {
  it.each([404, 405, 501])('with status %i is looked for slowly, and found', async (status) => {
    const made = await world();
    made.fake.faults.add({ call: 'list', status, times: 3 });
    const signing = await made.start();
    await signing.untilState('awaiting-handover');
    await signing.until(() => looksAt(made) === 2);
    await made.pass(2 * A_QUARTER_OF_AN_HOUR);
    await signing.until(() => looksAt(made) > 3);
    await signUnseen(made, signing);
    expect(await signing.result()).toMatchObject({ state: 'completed', attention: null });
  });

  it('is looked for at once after a hint', async () => {
    const made = await world({ vendor: { list: false } });
    const signing = await made.start();
    await signing.until(() => looksAt(made) === 2);
    made.fake.settings.list = true;
    made.fake.handOver((await signing.status()).sessionId ?? 0);
    await signing.handle.signal('checkNow');
    await signing.untilState('awaiting-signature');
  });

  it('adds no event however long it is looked for, and lets an outcome be recorded', async () => {
    const made = await world({ vendor: { list: false } });
    const signing = await made.start();
    await signing.until(() => looksAt(made) === 2);
    const before = { events: await eventsOf(signing), looks: looksAt(made) };
    await made.pass(3 * A_DAY);
    expect(await eventsOf(signing)).toBe(before.events);
    const looks = looksAt(made) - before.looks;
    expect(looks).toBeGreaterThan(10);
    expect(looks).toBeLessThan((3 * 24 * 60) / 20);
    await signing.handle.executeUpdate('recordOutcome', { args: [{ outcome: 'completed' }] });
    expect((await signing.result()).state).toBe('completed');
  });

  it('is not taken for missing once it has worked for another session', async () => {
    const made = await world();
    const other = await made.start();
    await other.untilState('awaiting-handover');
    await other.until(() => looksAt(made) === 1);
    made.fake.faults.add({ call: 'list', status: 404 });
    made.fake.faults.add({ call: 'list', status: 405 });
    const signing = await made.start();
    await signing.untilState('awaiting-handover');
    await signing.until(() => looksAt(made) === 2);
    await signUnseen(made, signing);
    expect(await signing.result()).toMatchObject({ state: 'completed' });
  });
});

describe('A session that needs attention since the look is refused', () => {
  const parked = async (status: number): Promise<{ made: World; signing: Signing }> => {
    const made = await world();
    const signing = await made.start();
    await signing.untilState('awaiting-handover');
    await signing.until(() => looksAt(made) === 1);
    made.fake.faults.add({ call: 'list', status, times: 1_000_000 });
    await made.pass(A_QUARTER_OF_AN_HOUR);
    await signing.untilState('needs-attention');
    return { made, signing };
  };

  it.each([401, 404])('with status %i goes on by itself once it is answered', async (status) => {
    const { made, signing } = await parked(status);
    made.fake.faults.clear();
    await made.pass(2 * A_QUARTER_OF_AN_HOUR);
    expect(await signing.untilState('awaiting-handover')).toMatchObject({ attention: null });
    await signing.signAll();
    expect(await signing.result()).toMatchObject({ state: 'completed', attention: null });
  });

  it('looks at once after a hint', async () => {
    const { made, signing } = await parked(401);
    await signing.handle.signal('checkNow');
    await signing.untilState('needs-attention');
    made.fake.faults.clear();
    await signing.handle.signal('checkNow');
    await signing.untilState('awaiting-handover');
    const refused = await rejection(signing.handle.executeUpdate('resolve', { args: [{ action: 'retry' }] }));
    expect(String((refused as Error).cause)).toContain('does not need attention');
  });

  it('adds no event however long it is refused', async () => {
    const { made, signing } = await parked(403);
    const before = { events: await eventsOf(signing), looks: looksAt(made) };
    await made.pass(3 * A_DAY);
    expect(await eventsOf(signing)).toBe(before.events);
    expect(looksAt(made)).toBeGreaterThan(before.looks + 10);
  });

  it('is ended by a human while it looks', async () => {
    const { signing } = await parked(401);
    const abort = { action: 'abort', reason: 'signed on paper' };
    await signing.resolve(abort);
    const result = await signing.result();
    expect(result.state).toBe('cancelled');
    expect(result.attention?.reason).toContain('signed on paper');
  });

  it('is ended by a record while it looks', async () => {
    const { signing } = await parked(401);
    await signing.handle.executeUpdate('recordOutcome', { args: [{ outcome: 'withdrawn' }] });
    expect(await signing.result()).toMatchObject({ state: 'withdrawn', attention: null });
  });
});
