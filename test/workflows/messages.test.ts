import { captureRejection } from '../support/async-helpers.js';
import type { Signing } from '../support/signing.js';
import { useTimeSkippingEnvironments } from '../support/time-skipping-environment.js';

const createEnvironment = useTimeSkippingEnvironments();

const resolve = (signing: Signing, resolution: unknown): Promise<unknown> => signing.resolve(resolution);
const resolveAsIs = (signing: Signing, decision: unknown): Promise<unknown> =>
  signing.handle.executeUpdate('resolve', { args: [decision] });
const record = (signing: Signing, outcome: unknown): Promise<unknown> =>
  signing.handle.executeUpdate('recordOutcome', { args: [outcome] });

/** The reason with which an update was rejected. */
async function getRejection(update: Promise<unknown>): Promise<string> {
  const error = await captureRejection(update);
  return error instanceof Error && error.cause instanceof Error ? error.cause.message : '';
}

describe('A decision', () => {
  it('that is sent twice concurrently is carried out once, and changes nothing when it is repeated later', async () => {
    const { fake, start } = await createEnvironment();
    fake.faults.add({ call: 'initiate', status: 500 });
    const signing = await start();
    const { attention } = await signing.untilState('needs-attention');
    const retry = { attentionId: attention?.id, action: 'retry' };
    await Promise.all([resolveAsIs(signing, retry), resolveAsIs(signing, retry)]);
    await signing.untilState('awaiting-handover');
    const later = await signing.status();
    expect(await resolveAsIs(signing, retry)).toEqual(later);
    expect(fake.sessions()).toHaveLength(1);
  });

  it('never resolves the next attention, even of the same step', async () => {
    const { fake, start } = await createEnvironment();
    fake.faults.add({ call: 'initiate', times: 2, status: 500, effect: true });
    const signing = await start();
    const first = await signing.untilState('needs-attention');
    const retry = { attentionId: first.attention?.id, action: 'retry' };
    await resolveAsIs(signing, retry);
    const second = await signing.until(
      ({ attention }) => ![undefined, retry.attentionId].includes(attention?.id),
    );
    expect(await resolveAsIs(signing, retry)).toEqual(second);
    expect(await getRejection(resolveAsIs(signing, { action: 'retry' }))).toContain(
      'must name the attention that it answers',
    );
    expect(await getRejection(resolveAsIs(signing, { ...retry, action: 'abort', reason: 'no' }))).toContain(
      'is already resolved, with retry; nothing was changed.',
    );
    expect(await signing.status()).toEqual(second);
    expect(fake.sessions()).toHaveLength(2);
  });

  it('that comes before anything has happened is rejected', async () => {
    const { start } = await createEnvironment();
    const signing = await start();
    expect(await getRejection(resolve(signing, { action: 'retry' }))).toContain('does not need attention');
    expect(await getRejection(record(signing, { outcome: 'completed' }))).toContain(
      'only while the signing waits',
    );
    await signing.untilState('awaiting-handover');
  });
});

describe('A contract session that a person adopts', () => {
  it.each([
    ['has documents already', 'has documents already'],
    ['belongs to another employee', 'cannot be used: request upload URL: flexperto refused with status 404'],
  ])('is rejected where it %s, and the person is asked again', async (rule, reason) => {
    const { fake, start } = await createEnvironment();
    const other = await start(rule.includes('employee') ? { employeeId: '46' } : {});
    const { sessionId } = await other.untilState('awaiting-handover');
    fake.faults.add({ call: 'initiate', reset: 'after' });
    const signing = await start();
    await signing.untilState('needs-attention');

    await resolve(signing, { action: 'adopt', sessionId });
    const { attention } = await signing.untilState('needs-attention');
    expect(attention?.reason).toContain(`Contract session ${sessionId ?? 0} ${reason}`);
    await resolve(signing, { action: 'adopt', sessionId: fake.sessions().at(-1)?.id });
    await signing.untilState('awaiting-handover');
    expect(fake.sessions().map(({ documents }) => documents.length)).toEqual([2, 2]);
  });
});

describe('The record of an outcome', () => {
  it('is rejected where the list call works, even before the first poll has shown it', async () => {
    const { fake, start } = await createEnvironment();
    fake.faults.add({ call: 'list', delaySeconds: 1 });
    const signing = await start();
    await signing.untilState('awaiting-handover');
    expect(await getRejection(record(signing, { outcome: 'completed' }))).toContain(
      'list call of this tenant works',
    );
    expect((await signing.status()).state).toBe('awaiting-handover');
  });

  it('ends a signing that needs attention since the list is refused', async () => {
    const { fake, start } = await createEnvironment();
    fake.faults.add({ call: 'list', status: 403, times: 100 });
    const signing = await start();
    await signing.untilState('needs-attention');
    await record(signing, { outcome: 'completed' });
    expect(await signing.result()).toMatchObject({ state: 'completed', attention: null });
  });

  it('is accepted once', async () => {
    const { start } = await createEnvironment({ vendor: { list: false } });
    const signing = await start();
    await signing.untilState('awaiting-handover');
    const answers = await Promise.allSettled([
      record(signing, { outcome: 'completed' }),
      record(signing, { outcome: 'withdrawn' }),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect((await signing.result()).state).toMatch(/completed|withdrawn/);
  });
});
