import { copyFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve as pathTo } from 'node:path';
import { captureRejection, waitUntil } from '../support/async-helpers.js';
import { type RealEnvironment, useRealEnvironments } from '../support/real-environment.js';
import { resetBeforeCall, resetBeforeDecision } from '../support/reset.js';
import type { Signing } from '../support/signing.js';

const createEnvironment = useRealEnvironments();

const countInitiates = ({ fake }: RealEnvironment): number =>
  fake.ledger.entries().filter(({ call }) => call === 'initiate').length;

const resolve = (signing: Signing, resolution: unknown): Promise<unknown> => signing.resolve(resolution);

async function startWaitingSigning(environment: RealEnvironment): Promise<Signing> {
  await environment.startWorker();
  const signing = await environment.start();
  await signing.untilState('awaiting-handover');
  return signing;
}

describe('A signing that an operator resets in Temporal', () => {
  it('initiates again after a decision, even if it is reset once more', async () => {
    const environment = await createEnvironment();
    const signing = await startWaitingSigning(environment);
    await resetBeforeCall('initiateSession', environment.client, signing.handle);
    const first = (await signing.untilState('needs-attention')).attention?.id;
    await resolve(signing, { action: 'retry' });
    await signing.untilState('awaiting-handover');
    expect(environment.fake.sessions()).toHaveLength(2);

    // The server reapplies the decision to the new run, although it was made for the run before.
    await resetBeforeCall('initiateSession', environment.client, signing.handle);
    const { attention } = await signing.untilState('needs-attention');
    expect(attention?.id).not.toBe(first);
    expect(await captureRejection(resolve(signing, { attentionId: first, action: 'retry' }))).toMatchObject({
      cause: { message: expect.stringContaining('an attention that is not open') as string },
    });
    expect(environment.fake.sessions()).toHaveLength(2);
  });

  it('to before the first attach reconciles every file with the list, and attaches none twice', async () => {
    const environment = await createEnvironment();
    const signing = await startWaitingSigning(environment);
    await resetBeforeCall('attachDocument', environment.client, signing.handle);

    await signing.untilState('awaiting-handover');
    expect(environment.fake.ledger.effects('document-attached')).toHaveLength(2);
    await signing.signAll();
    await waitUntil('it is completed', async () => (await signing.status()).state === 'completed');
  });

  it('to before the hand-over does not hand over twice', async () => {
    const environment = await createEnvironment({ handOver: 'POST /api/v2/contracts/{sessionId}/handover' });
    await environment.startWorker();
    const signing = await environment.start();
    await signing.untilState('awaiting-signature');
    await resetBeforeCall('handOverSession', environment.client, signing.handle);

    await signing.untilState('awaiting-signature');
    expect(environment.fake.ledger.effects('session-handed-over')).toHaveLength(1);
  });

  it('to after an initiate of unknown outcome ignores a decision of the run before', async () => {
    const environment = await createEnvironment();
    environment.fake.faults.add({ call: 'initiate', status: 500 });
    await environment.startWorker();
    const signing = await environment.start();
    await signing.untilState('needs-attention');
    await resolve(signing, { action: 'retry' });
    await signing.untilState('awaiting-handover');
    expect(environment.fake.sessions()).toHaveLength(1);

    await resetBeforeDecision(environment.client, signing.handle);
    await signing.until(({ attention }) => attention?.reason.includes('restarted this signing') === true);
    expect(environment.fake.sessions()).toHaveLength(1);
  });

  it.each([
    ['are gone', (path: string) => rm(path)],
    ['cannot be signed any more', (path: string) => writeFile(path, 'not a PDF')],
  ])('to its start after its documents %s needs attention, and rejects nothing', async (_, change) => {
    const environment = await createEnvironment();
    const signing = await startWaitingSigning(environment);
    const contract = join(environment.root, 'contract.pdf');
    await change(contract);
    await resetBeforeCall('checkDocuments', environment.client, signing.handle);

    const { attention } = await signing.untilState('needs-attention');
    expect(attention).toMatchObject({ step: 'check-documents', actions: ['retry', 'abort'] });
    expect(attention?.reason).toMatch(/documents\[0\].*Temporal has restarted this signing/s);
    await copyFile(pathTo('examples/contract.pdf'), contract);
    await resolve(signing, { action: 'retry' });
    await signing.until(({ attention: now }) => now?.step === 'initiate');
    expect(countInitiates(environment)).toBe(1);
  });

  it('and then is cancelled says that a contract session may exist', async () => {
    const environment = await createEnvironment();
    const signing = await startWaitingSigning(environment);
    await rm(join(environment.root, 'contract.pdf'));
    await resetBeforeCall('checkDocuments', environment.client, signing.handle);
    await signing.untilState('needs-attention');
    await signing.handle.cancel();
    await waitUntil('it has ended', async () => (await signing.status()).state === 'cancelled');
    const result = await signing.status();
    expect(result).toMatchObject({ state: 'cancelled', sessionId: null });
    expect(result.attention?.reason).toContain('the run before may have created a contract session');
  });

  it('to before initiate needs attention if the vendor then rejects the request', async () => {
    const environment = await createEnvironment();
    const signing = await startWaitingSigning(environment);
    await resetBeforeCall('initiateSession', environment.client, signing.handle);
    await signing.untilState('needs-attention');
    environment.fake.faults.add({ call: 'initiate', status: 422 });
    await resolve(signing, { action: 'retry' });
    const { attention } = await signing.until(({ attention: now }) => now?.reason.includes('422') === true);
    expect(attention).toMatchObject({ step: 'initiate', actions: ['retry', 'adopt', 'abort'] });
  });
});
