import { createSigningClient } from '../../../src/client/index.js';
import { captureRejection, waitUntil } from '../../support/async-helpers.js';
import { type CallbackReceiver, startCallbackReceiver } from '../../support/callback-receiver.js';
import { useRealEnvironments } from '../../support/real-environment.js';
import { getCallbacksHandle } from '../../support/signing.js';

/** A server that suggests continue-as-new early, not after thousands of events. */
const createEnvironment = useRealEnvironments({
  dynamicConfig: { 'limit.historyCount.suggestContinueAsNew': 80 },
});
let crm: CallbackReceiver;
beforeEach(async () => {
  crm = await startCallbackReceiver();
});
afterEach(() => crm.close());

it('When a signing and its callbacks continue as new, the numbers go on, and no event is lost or sent twice', async () => {
  const environment = await createEnvironment();
  await environment.startWorker({
    SIGNING_CALLBACK_SECRET: `whsec_${Buffer.alloc(32, 1).toString('base64')}`,
    SIGNING_CALLBACK_HOSTS: crm.hosts.join(','),
  });
  const signing = await environment.start({ callbackUrl: crm.url });
  const signings = createSigningClient(environment.client, environment.taskQueue);
  const callbacks = getCallbacksHandle(signing.handle);
  await signing.untilState('awaiting-handover');
  await waitUntil('the CRM receives the first callback', () => crm.received.length === 1);
  const first = {
    signing: (await signing.handle.describe()).runId,
    callbacks: (await callbacks.describe()).runId,
  };
  const attentions = 4;
  const decisions: { attentionId: string | undefined; action: string }[] = [];
  for (let count = 1; count <= attentions; count += 1) {
    environment.fake.faults.add({ call: 'list', status: 403, times: 100 });
    await signing.handle.signal('checkNow');
    const { attention } = await signing.untilState('needs-attention');
    environment.fake.faults.clear();
    decisions.push({ attentionId: attention?.id, action: 'retry' });
    await signing.resolve({ action: 'retry' });
    await waitUntil('the status shows the last callback', async () => {
      const { callback } = await signings.status(signing.requestId);
      return callback?.order === 1 + 2 * count && 'deliveredAt' in callback;
    });
  }
  expect((await signing.handle.describe()).runId).not.toBe(first.signing);
  // The new run knows the decisions of the runs before it.
  const before = await signing.status();
  for (const decision of decisions)
    expect(await signing.handle.executeUpdate('resolve', { args: [decision] })).toEqual(before);
  const other = { attentionId: decisions[0]?.attentionId, action: 'abort', reason: 'no' };
  expect(await captureRejection(signing.handle.executeUpdate('resolve', { args: [other] }))).toMatchObject({
    cause: { message: expect.stringContaining('is already resolved, with retry') as string },
  });
  await signing.signAll();
  await signing.result();
  await callbacks.result();
  expect((await callbacks.describe()).runId).not.toBe(first.callbacks);
  const [started] = (await callbacks.fetchHistory()).events ?? [];
  expect(Object.keys(started?.workflowExecutionStartedEventAttributes?.memo?.fields ?? {})).toEqual([
    'callback',
  ]);
  const asked = ['signing.needs-attention', 'signing.awaiting-handover'];
  expect(crm.receivedTypes()).toEqual([
    'signing.awaiting-handover',
    ...Array.from({ length: attentions }, () => asked).flat(),
    'signing.awaiting-signature',
    'signing.completed',
  ]);
  expect(crm.received.map(({ event }) => event.order)).toEqual(crm.received.map((_, index) => index + 1));
  const { callback } = await signings.status(signing.requestId);
  expect(callback).toMatchObject({ order: 3 + 2 * attentions, type: 'signing.completed' });
});
