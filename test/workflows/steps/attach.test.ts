import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Call, FakeFlexperto } from '../../../fake-flexperto/index.js';
import type { Signing } from '../../support/signing.js';
import { useTimeSkippingEnvironments } from '../../support/time-skipping-environment.js';
import type { TestEnvironment, TestEnvironmentOptions } from '../../support/time-skipping-environment.js';

const createEnvironment = useTimeSkippingEnvironments();

const HANDOVER = 'POST /api/v2/contracts/{sessionId}/handover';
const DAY = 86_400;
/** Seconds after which the last list for a call with an unknown outcome has been read. */
const LAST_POLL_SECONDS = 310;

const resolve = (signing: Signing, decision: unknown): Promise<unknown> => signing.resolve(decision);

const countCalls = (fake: FakeFlexperto, expected: Call): number =>
  fake.ledger.entries().filter(({ call }) => call === expected).length;

const listAttachedNames = (fake: FakeFlexperto): string[] | undefined =>
  fake.sessions()[0]?.documents.map(({ name }) => name);

/** A call takes effect after its time-out: flexperto carries it out, and nobody gets the response. */
async function takeEffectLate(fake: FakeFlexperto, path: string, body: object): Promise<void> {
  const headers = { 'api-key': fake.apiKey, 'x-user-id': '45', 'content-type': 'application/json' };
  const response = await fetch(fake.url + path, { method: 'POST', headers, body: JSON.stringify(body) });
  expect(response.status).toBeLessThan(300);
}

function attachLate(fake: FakeFlexperto, name: string): Promise<void> {
  const contractSession = fake.sessions()[0];
  const fileId = contractSession?.files.find((file) => file.name === name)?.id;
  const path = `/api/v2/collaboration/contracts/contracts/sessions/${contractSession?.id ?? 0}/documents/attach`;
  return takeEffectLate(fake, path, { fileId });
}

/**
 * An environment in which something takes effect once so many lists have not shown it. Lists are counted, and no time is
 * measured: the next list comes when the workflow's own timer ends, whose time is skipped.
 */
async function createWithLateEffect(
  polls: number,
  takeEffect: (fake: FakeFlexperto) => Promise<void>,
  options: TestEnvironmentOptions = {},
): Promise<TestEnvironment> {
  let pollCount = 0;
  const created: TestEnvironment = await createEnvironment({
    ...options,
    client: {
      observe:
        ({ call }) =>
        () => {
          if (call === 'list documents' && ++pollCount === polls) void takeEffect(created.fake);
        },
    },
  });
  return created;
}

const OFFER = { source: 'file:contract.pdf', name: 'Offer "A".pdf' };

describe('An attach whose response is lost, where the list names no file ids', () => {
  it('needs a person while the list has an entry under a rewritten name, and is never made twice', async () => {
    const { fake, start } = await createEnvironment({ vendor: { listFileIds: false } });
    fake.faults.add({ call: 'attach', reset: 'after' });
    const signing = await start({ documents: [OFFER] });
    expect((await signing.untilState('needs-attention')).attention).toMatchObject({
      step: 'attach',
      actions: ['retry', 'adopt', 'abort'],
    });
    await resolve(signing, { action: 'adopt' });
    await signing.signAll();
    expect((await signing.result()).state).toBe('completed');
    expect(listAttachedNames(fake)).toEqual(['Offer %22A%22.pdf']);
    expect(countCalls(fake, 'attach')).toBe(1);
  });

  it('is retried where every entry is known to be another document', async () => {
    const { fake, start } = await createEnvironment({ vendor: { listFileIds: false } });
    fake.faults.add({ call: 'attach', skip: 1, reset: 'before' });
    const signing = await start({ documents: [OFFER, { source: 'file:terms.pdf' }] });
    await signing.signAll();
    expect((await signing.result()).state).toBe('completed');
    expect(listAttachedNames(fake)).toEqual(['Offer %22A%22.pdf', 'terms.pdf']);
  });
});

describe('An attach that takes effect after its time-out', () => {
  it.each([
    ['no answer within the time-out', { delaySeconds: 6, delayBefore: true, reset: 'before' as const }],
    ['status 502', { status: 502 }],
    ['status 504', { status: 504 }],
  ])('is found by a later list after %s, and not made a second time', async (_, fault) => {
    const { fake, start, advanceTime } = await createWithLateEffect(2, (vendor) =>
      attachLate(vendor, 'contract.pdf'),
    );
    fake.faults.add({ call: 'attach', ...fault });
    const signing = await start();
    await signing.until(() => countCalls(fake, 'list') > 0);
    await advanceTime(LAST_POLL_SECONDS);
    await signing.untilState('awaiting-handover');
    expect(listAttachedNames(fake)).toEqual(['contract.pdf', 'terms.pdf']);
  });

  it('is retried soon after a reset of the connection', async () => {
    const { fake, start } = await createEnvironment();
    fake.faults.add({ call: 'attach', reset: 'before' });
    const signing = await start();
    await signing.untilState('awaiting-handover');
    const made = fake.ledger.entries().map(({ call }) => call);
    expect(made.slice(made.indexOf('attach')).slice(0, 4)).toEqual(['attach', 'list', 'list', 'attach']);
    expect(listAttachedNames(fake)).toEqual(['contract.pdf', 'terms.pdf']);
  });

  it('asks a person about two entries of one file, and goes on once one is deleted', async () => {
    const { fake, start } = await createEnvironment();
    const signing = await start();
    await signing.untilState('awaiting-handover');
    await attachLate(fake, 'contract.pdf');
    const { attention } = await signing.untilState('needs-attention');
    const duplicate = fake.sessions()[0]?.documents.at(-1);
    expect(attention).toMatchObject({ step: 'await-completion', actions: ['retry', 'abort'] });
    expect(attention?.reason).toContain(String(duplicate?.id));
    fake.remove(fake.sessions()[0]?.id ?? 0, duplicate?.id);
    await signing.handle.signal('checkNow');
    await signing.signAll();
    expect((await signing.result()).state).toBe('completed');
  });
});

describe('A hand-over that takes effect after its time-out', () => {
  it('is found by a later list, and not made a second time', async () => {
    const handOverLate = (vendor: FakeFlexperto): Promise<void> =>
      takeEffectLate(vendor, `/api/v2/contracts/${vendor.sessions()[0]?.id ?? 0}/handover`, {});
    const { fake, start, advanceTime } = await createWithLateEffect(2, handOverLate, { handOver: HANDOVER });
    fake.faults.add({ call: 'hand-over', status: 504 });
    const signing = await start();
    await signing.until(() => countCalls(fake, 'list') > 0);
    await advanceTime(LAST_POLL_SECONDS);
    await signing.untilState('awaiting-signature');
    expect(countCalls(fake, 'hand-over')).toBe(2);
    expect(fake.ledger.effects('session-handed-over')).toHaveLength(1);
  });

  it('shows in any entry past ATTACHED, however the list names it', async () => {
    const { fake, start } = await createEnvironment({
      handOver: HANDOVER,
      vendor: { listFileIds: false, attachAnswer: 'empty' },
    });
    // So the documents' ids stay unknown.
    fake.faults.add({ call: 'list', status: 404 });
    fake.faults.add({ call: 'hand-over', reset: 'after' });
    const signing = await start({ documents: [OFFER] });
    await signing.untilState('awaiting-signature');
    expect(countCalls(fake, 'hand-over')).toBe(1);
  });
});

describe('An attach that flexperto accepts with an empty response', () => {
  const WITHOUT_EFFECT = { call: 'attach', status: 200, answer: '' } as const;

  it.each([
    ['retry', 'attaches it, in the order of the request', ['contract.pdf', 'terms.pdf']],
    ['adopt', 'goes on without', ['terms.pdf']],
  ])('and does not show in the list needs attention; %s %s', async (action, _, names) => {
    const { fake, start, advanceTime } = await createEnvironment();
    fake.faults.add(WITHOUT_EFFECT);
    const signing = await start();
    await signing.until(() => countCalls(fake, 'list') > 0);
    await advanceTime(LAST_POLL_SECONDS);
    const { attention } = await signing.untilState('needs-attention');
    expect(attention).toMatchObject({ step: 'attach', actions: ['retry', 'adopt', 'abort'] });
    expect(attention?.reason).toContain('contract.pdf');
    expect(listAttachedNames(fake)).toEqual([]);
    await resolve(signing, { action });
    await signing.untilState('awaiting-handover');
    expect(listAttachedNames(fake)).toEqual(names);
  });

  it('and shows late in the list is attached', async () => {
    const { fake, start } = await createWithLateEffect(1, (vendor) => attachLate(vendor, 'contract.pdf'));
    fake.faults.add(WITHOUT_EFFECT);
    const signing = await start();
    await signing.untilState('awaiting-handover');
    expect(listAttachedNames(fake)).toEqual(['contract.pdf', 'terms.pdf']);
  });

  it('counts as attached where the tenant has no list call', async () => {
    const { fake, start } = await createEnvironment({ vendor: { list: false, attachAnswer: 'empty' } });
    const signing = await start();
    await signing.untilState('awaiting-handover');
    expect(listAttachedNames(fake)).toEqual(['contract.pdf', 'terms.pdf']);
  });

  it('ends as the documents end, also under rewritten names and without file ids', async () => {
    const { fake, start } = await createEnvironment({
      vendor: { attachAnswer: 'empty', listFileIds: false },
    });
    const second = { source: 'file:terms.pdf', name: 'Terms "B".pdf' };
    const signing = await start({ documents: [OFFER, second] });
    const { documents } = await signing.untilState('awaiting-handover');
    expect(documents.map(({ documentId }) => documentId)).toEqual(
      fake.sessions()[0]?.documents.map(({ id }) => id),
    );
    await signing.signAll();
    expect((await signing.result()).state).toBe('completed');
  });
});

describe('A document that flexperto has confirmed', () => {
  it('and that its list does not show needs attention', async () => {
    const { fake, start } = await createEnvironment();
    const answer = { id: 77, name: 'terms.pdf', status: 'ATTACHED' };
    fake.faults.add({ call: 'attach', document: 'terms.pdf', status: 200, body: answer });
    const signing = await start();
    const { attention } = await signing.untilState('needs-attention');
    expect(attention).toMatchObject({ step: 'await-completion', actions: ['retry', 'abort'] });
    expect(attention?.reason).toContain('terms.pdf');
  });
});

describe('A file that flexperto keeps for a limited time', () => {
  it.each([
    ['says so', true],
    ['does not say so', false],
  ])('is uploaded again where it expires before it is attached, and flexperto %s', async (_, announced) => {
    const { fake, root, start, advanceTime } = await createEnvironment({
      vendor: { tellsFileLife: announced },
    });
    await copyFile(join(root, 'contract.pdf'), join(root, 'annex.pdf'));
    const sources = ['contract', 'annex', 'terms'].map((name) => ({ source: `file:${name}.pdf` }));
    fake.faults.add({ call: 'attach', document: 'annex.pdf', status: 401 });
    const signing = await start({ documents: sources, deadlineDays: 60 });
    await signing.untilState('needs-attention');
    await advanceTime(32 * DAY);
    fake.clock.advance(32 * DAY);
    await resolve(signing, { action: 'retry' });
    if (!announced) {
      await signing.until(({ attention }) => attention?.reason.includes('404') === true);
      await resolve(signing, { action: 'retry' });
      await signing.until(({ documents }) => documents[1]?.documentId !== null);
      await signing.until(({ attention }) => attention?.reason.includes('404') === true);
      await resolve(signing, { action: 'retry' });
    }
    await signing.untilState('awaiting-handover');
    expect(listAttachedNames(fake)).toEqual(['contract.pdf', 'annex.pdf', 'terms.pdf']);
    expect(countCalls(fake, 'upload')).toBe(5);
  });

  it('is attached immediately where its lifetime is shorter than any margin, and uploaded once more at most', async () => {
    const { fake, start } = await createEnvironment({ vendor: { fileSeconds: 60 } });
    const signing = await start();
    await signing.untilState('awaiting-handover');
    expect(listAttachedNames(fake)).toEqual(['contract.pdf', 'terms.pdf']);
    expect(countCalls(fake, 'upload')).toBeLessThanOrEqual(4);
  });
});
