import { waitUntil } from '../support/async-helpers.js';
import type { TestEnvironmentOptions } from '../support/time-skipping-environment.js';
import { useTimeSkippingEnvironments } from '../support/time-skipping-environment.js';

const createEnvironment = useTimeSkippingEnvironments();
/** Enough time for the steps before initiate, even on a busy machine. */
const EIGHT_SECONDS = 8 / 86_400;
const AN_HOUR = 1 / 24;
/** No poll comes between the first one and the deadline. */
const RARE_POLLS: TestEnvironmentOptions = { firstPollMs: 24 * 60 * 60_000 };
const HAND_OVER = 'POST /api/v2/contracts/{sessionId}/handover';

const NO_ACTIONS: readonly string[] = [];
/** How a final status describes a contract session that stays at flexperto. */
const attentionMatching = (...parts: readonly string[]) =>
  expect.objectContaining({
    actions: NO_ACTIONS,
    reason: expect.stringMatching(parts.join('.*')) as string,
  }) as unknown;

describe('A deadline', () => {
  it('during initiate lets the call end, so that its contract session is known', async () => {
    const { fake, start } = await createEnvironment({ client: { timeoutMs: 30_000 } });
    fake.faults.add({ call: 'initiate', delaySeconds: 10 });
    const signing = await start({ deadlineDays: EIGHT_SECONDS });
    const result = await signing.result();
    expect(result).toMatchObject({ state: 'expired', sessionId: fake.sessions()[0]?.id ?? 'none' });
    expect(fake.ledger.effects('file-uploaded')).toHaveLength(0);
    expect(result.attention).toEqual(
      attentionMatching(`Contract session ${result.sessionId ?? 0} stays`, '0 of 2 documents'),
    );
  });

  it('ends a signing that needs attention, and keeps the reason', async () => {
    const { fake, start } = await createEnvironment();
    fake.faults.add({ call: 'initiate', status: 500 });
    const signing = await start();
    const result = await signing.result();
    expect(result).toMatchObject({ state: 'expired', attention: { step: 'initiate', actions: [] } });
  });

  it('during the uploads names the contract session', async () => {
    const { fake, start } = await createEnvironment();
    fake.faults.add({ call: 'upload', status: 422, times: 2 });
    const signing = await start({ deadlineDays: AN_HOUR });
    const result = await signing.result();
    expect(result).toMatchObject({ state: 'expired', sessionId: fake.sessions()[0]?.id });
    expect(result.attention).toEqual(
      attentionMatching('422', `Contract session ${result.sessionId ?? 0} stays`),
    );
  });

  it('while the outcome of an attach is unknown names what the last poll shows', async () => {
    const { fake, start } = await createEnvironment();
    fake.faults.add({ call: 'attach', reset: 'after' });
    fake.faults.add({ call: 'list', status: 403 });
    const signing = await start({ deadlineDays: AN_HOUR });
    const result = await signing.result();
    expect(result.state).toBe('expired');
    expect(result.documents.map(({ status }) => status)).toEqual(['ATTACHED', null]);
    expect(result.attention).toEqual(attentionMatching('403', '1 of 2 documents'));
  });
});

describe('What the customer has signed before the deadline', () => {
  const signedAtOnce = async (options: TestEnvironmentOptions = RARE_POLLS) => {
    const made = await createEnvironment(options);
    const signing = await made.start({ deadlineDays: AN_HOUR });
    const { sessionId } = await signing.untilState('awaiting-handover');
    await signing.until(() =>
      made.fake.ledger.entries().some(({ call, status }) => call === 'list' && status !== null),
    );
    made.fake.handOver(sessionId ?? 0);
    return { ...made, signing, sessionId: sessionId ?? 0 };
  };

  it('counts, though no poll has shown it', async () => {
    const { fake, signing, sessionId } = await signedAtOnce();
    fake.sign(sessionId);
    expect(await signing.result()).toMatchObject({ state: 'completed', attention: null });
  });

  it('counts where the last poll fails at first', async () => {
    const { fake, signing, sessionId } = await signedAtOnce();
    fake.sign(sessionId);
    fake.faults.add({ call: 'list', status: 500 });
    fake.faults.add({ call: 'list', status: 401 });
    fake.faults.add({ call: 'list', status: 404 });
    expect(await signing.result()).toMatchObject({ state: 'completed', attention: null });
  });

  it('does not where some documents are left, and the result says that they can still be signed', async () => {
    const { fake, signing, sessionId } = await signedAtOnce();
    fake.sign(sessionId, fake.sessions()[0]?.documents[0]?.id);
    const result = await signing.result();
    expect(result.documents.map(({ status }) => status)).toEqual(['FINISHED', 'UPLOADED']);
    expect(result).toMatchObject({ state: 'expired', attention: { step: 'await-completion' } });
    expect(result.attention).toEqual(
      attentionMatching(`Contract session ${sessionId} stays`, 'the customer can still sign'),
    );
  });

  it('is named as unknown where every last poll fails', async () => {
    const { fake, signing, sessionId } = await signedAtOnce();
    fake.sign(sessionId);
    fake.faults.add({ call: 'list', status: 401, times: 1000 });
    const result = await signing.result();
    expect(result.state).toBe('expired');
    expect(result.attention).toEqual(attentionMatching('not known', '401', 'the customer can still sign'));
    expect(Date.parse(result.updatedAt) - Date.parse(result.deadline)).toBeLessThan(15 * 60_000);
    expect(fake.ledger.entries().filter(({ call }) => call === 'list').length).toBeGreaterThan(3);
  });

  it('is named as unknown where the tenant has no list call', async () => {
    const { signing } = await signedAtOnce({ ...RARE_POLLS, vendor: { list: false } });
    const result = await signing.result();
    expect(result.state).toBe('expired');
    expect(result.attention).toEqual(attentionMatching('not known', 'the customer can still sign'));
  });

  it('counts where a hand-over with an unknown outcome waits for a person', async () => {
    const { fake, start } = await createEnvironment({ ...RARE_POLLS, handOver: HAND_OVER });
    fake.faults.add({ call: 'hand-over', status: 409, effect: true });
    fake.faults.add({ call: 'list', status: 403, times: 1 });
    const signing = await start({ deadlineDays: AN_HOUR });
    const { sessionId } = await signing.untilState('needs-attention');
    fake.sign(sessionId ?? 0);
    expect(await signing.result()).toMatchObject({ state: 'completed', attention: null });
  });
});

describe('While the last poll is retried', () => {
  const startDuringLastPoll = async () => {
    const made = await createEnvironment(RARE_POLLS);
    const signing = await made.start({ deadlineDays: AN_HOUR });
    await signing.untilState('awaiting-handover');
    const polls = (): number => made.fake.ledger.entries().filter(({ call }) => call === 'list').length;
    await signing.until(() => polls() === 1);
    made.fake.faults.add({ call: 'list', status: 500, times: 1000 });
    await made.advanceTime(3600 + 5);
    await waitUntil('the last poll comes', () => polls() > 1);
    return { ...made, signing };
  };

  it('a cancellation ends the signing immediately', async () => {
    const { signing } = await startDuringLastPoll();
    await signing.handle.cancel();
    expect(await signing.result()).toMatchObject({ state: 'cancelled' });
  });

  it('the signing shows that it still waits, and asks nobody', async () => {
    const { signing } = await startDuringLastPoll();
    expect(await signing.status()).toMatchObject({ state: 'awaiting-handover', attention: null });
  });
});
