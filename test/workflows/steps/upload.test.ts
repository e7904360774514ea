import { appendFile, copyFile, rm } from 'node:fs/promises';
import { join, resolve as resolvePath } from 'node:path';
import { PARTICIPANT } from '../../support/signing.js';
import { useTimeSkippingEnvironments } from '../../support/time-skipping-environment.js';
import type { TestEnvironment } from '../../support/time-skipping-environment.js';

const createEnvironment = useTimeSkippingEnvironments();

type StartedSigning = Awaited<ReturnType<TestEnvironment['start']>>;
const resolve = (signing: StartedSigning, resolution: unknown): Promise<unknown> =>
  signing.resolve(resolution);

/** The message of the failure with which a workflow ended. */
async function getFailure(signing: StartedSigning): Promise<string> {
  const error: unknown = await signing.result().catch((reason: unknown) => reason);
  const cause = error instanceof Error ? error.cause : undefined;
  if (!(cause instanceof Error)) throw new Error('the workflow did not fail');
  return cause.message;
}

describe('An upload URL', () => {
  it('that has expired is replaced, and documents already uploaded stay uploaded', async () => {
    const { fake, start } = await createEnvironment();
    const documents = Array.from({ length: 6 }, (_, index) => ({
      source: 'file:contract.pdf',
      name: `part-${index}.pdf`,
    }));
    fake.faults.add({ call: 'upload', document: 'part-4.pdf', status: 500 });
    const signing = await start({ documents });
    await signing.until(() => fake.ledger.effects('file-uploaded').length >= 4);
    fake.clock.advance(3_700);
    await signing.untilState('awaiting-handover');

    expect(fake.ledger.effects('upload-url-issued')).toHaveLength(2);
    const uploaded = fake.ledger
      .effects('file-uploaded')
      .map(({ documentName }) => documentName)
      .sort();
    expect(uploaded).toEqual(documents.map(({ name }) => name));
  });

  it.each([401, 403, 410])('that the host refuses with %i is replaced', async (status) => {
    const { fake, start } = await createEnvironment();
    fake.faults.add({ call: 'upload', status });
    const signing = await start();
    await signing.untilState('awaiting-handover');
    expect(fake.ledger.effects('file-uploaded')).toHaveLength(2);
    expect(fake.ledger.effects('upload-url-issued').length).toBeGreaterThan(1);
  });

  it('that is refused for several documents concurrently is replaced once', async () => {
    const { fake, start } = await createEnvironment();
    fake.faults.add({ call: 'upload', status: 401, delaySeconds: 1, times: 2 });
    const signing = await start();
    await signing.untilState('awaiting-handover');
    expect(fake.ledger.effects('upload-url-issued')).toHaveLength(2);
  });

  it('that is refused however fresh it is needs attention, and is requested again after a retry', async () => {
    const { fake, start } = await createEnvironment();
    fake.faults.add({ call: 'upload', status: 403, times: 10 });
    const signing = await start();
    const { attention } = await signing.untilState('needs-attention');
    expect(attention).toMatchObject({ step: 'upload', actions: ['retry', 'abort'] });
    fake.faults.clear();
    await resolve(signing, { action: 'retry' });
    await signing.untilState('awaiting-handover');
  });

  it('is requested until the vendor issues one, even if it lives shorter than an upload may take', async () => {
    const { fake, start } = await createEnvironment({ vendor: { uploadUrlSeconds: 20 } });
    fake.faults.add({ call: 'upload-url', status: 502, times: 3 });
    fake.faults.add({ call: 'upload-url', truncate: true });
    const signing = await start();
    await signing.untilState('awaiting-handover');
    expect(fake.ledger.effects('file-uploaded')).toHaveLength(2);
  });
});

describe('An upload', () => {
  it.each([
    ['resets', { reset: 'before' as const }],
    ['answers of 500', { status: 500 }],
    ['answers cut short', { truncate: true }],
    ['429 with Retry-After', { status: 429, retryAfter: '30' }],
  ])('is retried after %s until it succeeds', async (_, fault) => {
    const { fake, start } = await createEnvironment();
    fake.faults.add({ call: 'upload', times: 3, ...fault });
    const signing = await start();
    await signing.untilState('awaiting-handover');
    expect(fake.sessions()[0]?.documents.map(({ name }) => name)).toEqual(['contract.pdf', 'terms.pdf']);
  });

  it('never sends bytes that have changed since they were checked, and goes on when they are restored', async () => {
    const { fake, root, start } = await createEnvironment();
    fake.faults.add({ call: 'initiate', delaySeconds: 1 });
    const signing = await start();
    await signing.untilState('initiating');
    await appendFile(join(root, 'terms.pdf'), 'one more line');
    const { attention } = await signing.untilState('needs-attention');
    expect(attention).toMatchObject({
      step: 'upload',
      reason: expect.stringMatching(/^terms\.pdf has changed/) as string,
    });
    expect(fake.sessions()[0]?.files.map(({ name }) => name)).toEqual(['contract.pdf']);

    await copyFile(resolvePath('examples/terms.pdf'), join(root, 'terms.pdf'));
    await resolve(signing, { action: 'retry' });
    await signing.untilState('awaiting-handover');
  });

  it('of a document that has vanished needs attention', async () => {
    const { fake, root, start } = await createEnvironment();
    fake.faults.add({ call: 'initiate', delaySeconds: 1 });
    const signing = await start();
    await signing.untilState('initiating');
    await rm(join(root, 'terms.pdf'));
    const { attention } = await signing.untilState('needs-attention');
    expect(attention?.reason).toBe('terms.pdf was not found below the document root');
  });
});

describe('A refused call', () => {
  it.each([400, 409, 422])(
    'at initiate with %i is a clear failure, since the request is at fault',
    async (status) => {
      const { fake, start } = await createEnvironment();
      fake.faults.add({
        call: 'initiate',
        status,
        body: { message: `no account for ${PARTICIPANT.email} (${PARTICIPANT.lastname})` },
      });
      const signing = await start();
      const message = await getFailure(signing);
      expect(message).toContain(`status ${status}`);
      expect(message).toContain('no account for');
      for (const personal of Object.values(PARTICIPANT)) expect(message).not.toContain(personal);
      expect((await signing.status()).state).toBe('failed');
    },
  );

  it.each([401, 403, 404])(
    'at initiate with %i waits for a person, since the tenant may be at fault',
    async (status) => {
      const { fake, start } = await createEnvironment();
      fake.faults.add({ call: 'initiate', status });
      const signing = await start();
      expect((await signing.untilState('needs-attention')).attention).toMatchObject({
        step: 'initiate',
        actions: ['retry', 'abort'],
      });
      await resolve(signing, { action: 'retry' });
      await signing.untilState('awaiting-handover');
      expect(fake.sessions()).toHaveLength(1);
    },
  );

  it.each(['upload-url', 'upload', 'attach', 'list'] as const)(
    'at %s keeps a half-sent signing open: a retry goes on from that step',
    async (call) => {
      const { fake, start } = await createEnvironment();
      fake.faults.add({ call, status: 422, times: call === 'list' ? 1 : 2 });
      const signing = await start();
      await signing.untilState('needs-attention');
      fake.faults.clear();
      await resolve(signing, { action: 'retry' });
      await signing.signAll();
      expect((await signing.result()).state).toBe('completed');
      expect(fake.sessions()).toHaveLength(1);
      expect(fake.sessions()[0]?.documents).toHaveLength(2);
    },
  );
});

describe('A cancellation', () => {
  it('while waiting ends as cancelled and names what exists at the vendor', async () => {
    const { fake, start } = await createEnvironment();
    const signing = await start();
    await signing.untilState('awaiting-handover');
    await signing.handle.cancel();
    const result = await signing.result();
    expect(result).toMatchObject({ state: 'cancelled', sessionId: fake.sessions()[0]?.id });
    expect(result.documents.every(({ documentId }) => documentId !== null)).toBe(true);
  });

  it('lets an initiate in flight end, so that its contract session is known', async () => {
    const { fake, start } = await createEnvironment();
    fake.faults.add({ call: 'initiate', delaySeconds: 2 });
    const signing = await start();
    await signing.until(() => fake.ledger.effects('session-initiated').length === 1);
    await signing.handle.cancel();
    const result = await signing.result();
    expect(result).toMatchObject({ state: 'cancelled', sessionId: fake.sessions()[0]?.id });
    expect(fake.ledger.effects('file-uploaded')).toHaveLength(0);
  });

  it('ends a signing that needs attention, and keeps the reason', async () => {
    const { fake, start } = await createEnvironment();
    fake.faults.add({ call: 'initiate', status: 500 });
    const signing = await start();
    await signing.untilState('needs-attention');
    await signing.handle.cancel();
    const result = await signing.result();
    expect(result.state).toBe('cancelled');
    expect(result.attention).toMatchObject({ step: 'initiate', actions: [] });
  });
});

describe('A start', () => {
  it('of a wrong request fails with all problems together, and nothing is sent', async () => {
    const { fake, start } = await createEnvironment();
    const signing = await start({
      method: 'simple',
      participants: [{ ...PARTICIPANT, mobile: '0176 123' }],
      documents: [
        { source: 'file:../secret.pdf' },
        { source: 'file:missing.pdf' },
        { source: 'file:contract.pdf', colour: 'red' },
      ],
    });
    const message = await getFailure(signing);
    for (const field of [
      'method',
      'participants[0].mobile',
      'documents[0]',
      'documents[1]',
      'documents[2].colour',
    ]) {
      expect(message).toContain(field);
    }
    expect(message).not.toContain('0176 123');
    expect(fake.ledger.entries()).toHaveLength(0);
  });

  it('without an object as input fails with a reason', async () => {
    const { fake, start } = await createEnvironment();
    const signing = await start({}, { args: ['contract.pdf'] });
    expect(await getFailure(signing)).toContain('must be a JSON object');
    expect(fake.ledger.entries()).toHaveLength(0);
  });

  it('under another id is rejected, since the id keeps it from being sent twice', async () => {
    const { fake, start } = await createEnvironment();
    const signing = await start({}, { workflowId: 'my-own-id' });
    expect(await getFailure(signing)).toContain('must be started under the workflow id signing/');
    expect(fake.ledger.entries()).toHaveLength(0);
  });

  it('by a cron is rejected, since the licence requires a person', async () => {
    const { fake, start } = await createEnvironment();
    const signing = await start({}, { cronSchedule: '* * * * *', retry: { maximumAttempts: 1 } });
    await signing.until(({ state }) => state === 'failed').catch(() => undefined);
    await signing.handle.terminate().catch(() => undefined);
    expect(fake.ledger.entries()).toHaveLength(0);
  });
});
