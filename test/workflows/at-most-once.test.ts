import { captureRejection, waitUntil } from '../support/async-helpers.js';
import type { Signing } from '../support/signing.js';
import { useTimeSkippingEnvironments } from '../support/time-skipping-environment.js';

const createEnvironment = useTimeSkippingEnvironments();

const resolve = (signing: Signing, resolution: unknown): Promise<unknown> => signing.resolve(resolution);

describe('An initiate whose outcome is unknown', () => {
  it.each([
    ['the answer is lost after the effect', { reset: 'after' as const }, 1],
    ['the connection ends before the effect', { reset: 'before' as const }, 0],
    ['the vendor answers 500', { status: 500 }, 0],
    ['the vendor answers 503 without Retry-After', { status: 503 }, 0],
    ['the vendor does not answer in time', { delaySeconds: 6 }, 1],
    ['the answer is cut short', { truncate: true }, 1],
  ])("needs a person's decision and is not retried when %s", async (_, fault, effects) => {
    const { fake, start } = await createEnvironment();
    fake.faults.add({ call: 'initiate', ...fault });
    const signing = await start();
    const { attention, sessionId } = await signing.untilState('needs-attention');

    expect(attention).toMatchObject({ step: 'initiate', actions: ['retry', 'adopt', 'abort'] });
    expect(sessionId).toBeNull();
    await signing.handle.signal('checkNow');
    await signing.untilState('needs-attention');
    expect(fake.ledger.entries().filter(({ call }) => call === 'initiate')).toHaveLength(1);
    expect(fake.ledger.effects('session-initiated')).toHaveLength(effects);
  });

  it('goes on in the contract session that a person adopts', async () => {
    const { fake, start } = await createEnvironment();
    fake.faults.add({ call: 'initiate', reset: 'after' });
    const signing = await start();
    await signing.untilState('needs-attention');
    const [session] = fake.sessions();
    await resolve(signing, { action: 'adopt', sessionId: session?.id });
    await signing.signAll();
    expect(await signing.result()).toMatchObject({ state: 'completed', sessionId: session?.id });
    expect(fake.sessions()).toHaveLength(1);
  });

  it.each([
    ['a reset of the connection', { reset: 'before' as const }],
    ['no answer in time', { delaySeconds: 6, delayBefore: true }],
    ['502 from a proxy', { status: 502 }],
    ['504 from a proxy', { status: 504 }],
  ])('is retried two minutes after %s, when a person decides so', async (_, fault) => {
    const { fake, start, now, advanceTime } = await createEnvironment();
    fake.faults.add({ call: 'initiate', ...fault });
    const signing = await start();
    const { attention } = await signing.untilState('needs-attention');
    const from = attention?.reason.match(/A retry is possible from (\S+ \S+) UTC on/)?.[1] ?? '';
    const called = Date.parse(fake.ledger.entries().find(({ call }) => call === 'initiate')?.at ?? '');
    expect(attention?.since).toBe((await signing.status()).updatedAt);

    const early = await captureRejection(resolve(signing, { action: 'retry' }));
    expect(early).toMatchObject({
      cause: { message: expect.stringContaining(`send retry from ${from} UTC on`) as string },
    });
    expect((await signing.status()).attention).toEqual(attention);
    const wait = Date.parse(`${from.replace(' ', 'T')}Z`) - (await now()).getTime();
    expect(wait).toBeLessThanOrEqual(121_000);
    expect(called).not.toBeNaN();
    await advanceTime(Math.ceil(wait / 1000));
    await resolve(signing, { action: 'retry' });
    await signing.untilState('awaiting-handover');
    expect(fake.ledger.entries().filter(({ call }) => call === 'initiate')).toHaveLength(2);
  });

  it.each([
    ['the vendor answers 500', { status: 500 }],
    ['the answer is cut short', { truncate: true }],
  ])('is retried immediately when %s and a person decides so', async (_, fault) => {
    const { fake, start } = await createEnvironment();
    fake.faults.add({ call: 'initiate', ...fault });
    const signing = await start();
    expect((await signing.untilState('needs-attention')).attention?.reason).not.toContain(
      'A retry is possible',
    );
    await resolve(signing, { action: 'retry' });
    await signing.untilState('awaiting-handover');
  });

  it('ends as cancelled when a person aborts, and keeps the reason', async () => {
    const { fake, start } = await createEnvironment();
    fake.faults.add({ call: 'initiate', status: 500 });
    const signing = await start();
    await signing.untilState('needs-attention');
    await resolve(signing, { action: 'abort', reason: 'the customer has signed on paper' });
    const result = await signing.result();
    expect(result.state).toBe('cancelled');
    expect(result.attention).toMatchObject({ step: 'initiate', actions: [] });
    expect(result.attention?.reason).toContain('the customer has signed on paper');
  });

  it.each([
    ['nothing', undefined],
    ['an unknown action', { action: 'ignore' }],
    ['adopt without the id of the contract session', { action: 'adopt' }],
    ['adopt with an id that is not a number', { action: 'adopt', sessionId: '13' }],
    ['abort without a reason', { action: 'abort' }],
    ['retry with an id', { action: 'retry', sessionId: 13 }],
  ])('rejects %s as a decision, with a reason', async (_, resolution) => {
    const { fake, start } = await createEnvironment();
    fake.faults.add({ call: 'initiate', status: 500 });
    const signing = await start();
    await signing.untilState('needs-attention');
    await expect(resolve(signing, resolution)).rejects.toMatchObject({
      cause: {
        message: expect.stringMatching(
          /Possible: .*"action":"retry"|To adopt, name|needs a reason/,
        ) as string,
      },
    });
    expect((await signing.status()).state).toBe('needs-attention');
  });

  it('rejects a decision where nothing needs attention', async () => {
    const { start } = await createEnvironment();
    const signing = await start();
    await signing.untilState('awaiting-handover');
    await expect(resolve(signing, { action: 'retry' })).rejects.toMatchObject({
      cause: { message: expect.stringContaining('does not need attention') as string },
    });
  });
});

describe('An initiate that is refused after one with an unknown outcome', () => {
  it('waits for a person, since the first may have taken effect', async () => {
    const { fake, start, advanceTime } = await createEnvironment();
    fake.faults.add({ call: 'initiate', reset: 'after' });
    fake.faults.add({ call: 'initiate', status: 409 });
    const signing = await start();
    await signing.untilState('needs-attention');
    await advanceTime(121);
    await resolve(signing, { action: 'retry' });
    const { attention } = await signing.until(({ attention: now }) => now?.reason.includes('409') === true);
    expect(attention?.actions).toEqual(['retry', 'adopt', 'abort']);
    await resolve(signing, { action: 'adopt', sessionId: fake.sessions()[0]?.id });
    await signing.untilState('awaiting-handover');
  });
});

describe('An initiate that surely had no effect', () => {
  it.each([
    ['429 with Retry-After', { status: 429, retryAfter: '120' }],
    ['429 without it', { status: 429 }],
    ['503 with Retry-After', { status: 503, retryAfter: '60' }],
  ])('is retried after %s', async (_, fault) => {
    const { fake, start } = await createEnvironment();
    fake.faults.add({ call: 'initiate', times: 2, ...fault });
    const signing = await start();
    await signing.untilState('awaiting-handover');
    expect(fake.sessions()).toHaveLength(1);
  });
});

describe('An attach whose outcome is unknown', () => {
  it.each([
    ['the answer is lost after the effect', { reset: 'after' as const }],
    ['the connection ends before the effect', { reset: 'before' as const }],
    ['the vendor answers 500 after the effect', { status: 500, effect: true }],
    ['the vendor answers 502 without the effect', { status: 502 }],
    ['the answer is cut short', { truncate: true }],
    ['the vendor is slower than the timeout', { delaySeconds: 6 }],
  ])('is reconciled with the list, so that each file is attached exactly once, when %s', async (_, fault) => {
    const { fake, start } = await createEnvironment();
    fake.faults.add({ call: 'attach', ...fault });
    const signing = await start();
    await signing.untilState('awaiting-handover');
    expect(fake.sessions()[0]?.documents.map(({ name }) => name)).toEqual(['contract.pdf', 'terms.pdf']);
  });

  it('reads the list again, and does not attach again, while the list fails too', async () => {
    const { fake, start } = await createEnvironment();
    fake.faults.add({ call: 'attach', reset: 'after' });
    fake.faults.add({ call: 'list', status: 500, times: 2 });
    fake.faults.add({ call: 'list', reset: 'before', times: 2 });
    fake.faults.add({ call: 'list', truncate: true });
    const signing = await start();
    await signing.untilState('awaiting-handover');
    expect(fake.sessions()[0]?.documents).toHaveLength(2);
    expect(fake.ledger.entries().filter(({ call }) => call === 'attach')).toHaveLength(2);
  });

  it('asks a person when the list is refused, and then reads the list again', async () => {
    const { fake, start } = await createEnvironment();
    fake.faults.add({ call: 'attach', reset: 'after' });
    fake.faults.add({ call: 'list', status: 401 });
    const signing = await start();
    expect((await signing.untilState('needs-attention')).attention).toMatchObject({
      step: 'attach',
      actions: ['retry', 'abort'],
    });
    await resolve(signing, { action: 'retry' });
    await signing.untilState('awaiting-handover');
    expect(fake.sessions()[0]?.documents).toHaveLength(2);
  });

  it.each([
    { action: 'adopt', reset: 'after', meaning: 'it is attached' },
    { action: 'retry', reset: 'before', meaning: 'it is not' },
  ] as const)(
    'asks a person where there is no list call: $action after a reset $reset the effect means that $meaning',
    async ({ action, reset }) => {
      const { fake, start } = await createEnvironment({ vendor: { list: false } });
      fake.faults.add({ call: 'attach', reset });
      const signing = await start();
      expect((await signing.untilState('needs-attention')).attention).toMatchObject({
        step: 'attach',
        actions: ['retry', 'adopt', 'abort'],
      });
      await resolve(signing, { action });
      await signing.untilState('awaiting-handover');
      expect(fake.sessions()[0]?.documents).toHaveLength(2);
    },
  );
});

describe('A hand-over whose outcome is unknown', () => {
  const handOver = 'POST /api/v2/contracts/{sessionId}/handover';

  it('is not retried where every document has been deleted since', async () => {
    const { fake, start } = await createEnvironment({ handOver });
    fake.faults.add({ call: 'hand-over', reset: 'after' });
    fake.faults.add({ call: 'list', status: 503 });
    const signing = await start();
    await waitUntil('it is handed over', () => fake.ledger.effects('session-handed-over').length > 0);
    fake.remove(fake.sessions()[0]?.id ?? 0);
    expect((await signing.result()).state).toBe('withdrawn');
    expect(fake.ledger.entries().filter(({ call }) => call === 'hand-over')).toHaveLength(1);
  });

  it('can be adopted by a person where the vendor says that it was made and the list does not show it', async () => {
    const { fake, start } = await createEnvironment({ handOver });
    fake.faults.add({ call: 'hand-over', status: 409 });
    const signing = await start();
    const { attention } = await signing.untilState('needs-attention');
    expect(attention).toMatchObject({ step: 'hand-over', actions: ['retry', 'adopt', 'abort'] });
    await resolve(signing, { action: 'adopt' });
    await signing.untilState('awaiting-signature');
    expect(fake.ledger.entries().filter(({ call }) => call === 'hand-over')).toHaveLength(1);
  });

  it.each(['before', 'after'] as const)(
    'is reconciled with the list after a reset %s the effect',
    async (reset) => {
      const { fake, start } = await createEnvironment({
        handOver: 'POST /api/v2/contracts/{sessionId}/handover',
      });
      fake.faults.add({ call: 'hand-over', reset });
      const signing = await start();
      await signing.untilState('awaiting-signature');
      expect(fake.ledger.effects('session-handed-over')).toHaveLength(1);
    },
  );
});

describe('A tenant without the list call', () => {
  it('ends by the outcome that a person records', async () => {
    const { start } = await createEnvironment({ vendor: { list: false } });
    const signing = await start();
    await signing.untilState('awaiting-handover');
    await signing.handle.executeUpdate('recordOutcome', {
      args: [{ outcome: 'failed', reason: 'identification failed' }],
    });
    const result = await signing.result();
    expect(result.state).toBe('failed');
    expect(result.documents[0]?.failureReason).toBe('identification failed');
  });

  it('rejects an unknown outcome', async () => {
    const { start } = await createEnvironment({ vendor: { list: false } });
    const signing = await start();
    await signing.untilState('awaiting-handover');
    await expect(
      signing.handle.executeUpdate('recordOutcome', { args: [{ outcome: 'lost' }] }),
    ).rejects.toMatchObject({
      cause: { message: expect.stringContaining('"completed"|"failed"|"withdrawn"') as string },
    });
  });

  it('is the only one for which a person can record an outcome', async () => {
    const { fake, start } = await createEnvironment();
    const signing = await start();
    await signing.untilState('awaiting-handover');
    await signing.until(() => fake.ledger.entries().some(({ call }) => call === 'list'));
    await expect(
      signing.handle.executeUpdate('recordOutcome', { args: [{ outcome: 'completed' }] }),
    ).rejects.toMatchObject({
      cause: { message: expect.stringContaining('list call of this tenant works') as string },
    });
  });
});
