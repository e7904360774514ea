import { randomBytes } from 'node:crypto';
import { createSigningClient } from '../../src/client/index.js';
import { CALLBACK_TYPES, type CallbackType } from '../../src/domain/callbacks.js';
import { isFinal } from '../../src/domain/status.js';
import { captureRejection, waitUntil } from '../support/async-helpers.js';
import {
  type CallbackReceiver,
  type ReceivedCallback,
  startCallbackReceiver,
  verifyInPython,
} from '../support/callback-receiver.js';
import { type RealEnvironment, useRealEnvironments } from '../support/real-environment.js';
import { resetBeforeCall } from '../support/reset.js';
import { runCli } from '../support/run-cli.js';
import { PARTICIPANT, type Signing, getCallbacksHandle, sendCheckNow } from '../support/signing.js';

const freshSecret = (): string => `whsec_${randomBytes(32).toString('base64')}`;
const [OLD_SECRET, NEW_SECRET] = [freshSecret(), freshSecret()];
const A_SECOND_IN_DAYS = 1 / 86_400;

const createEnvironment = useRealEnvironments();
let crm: CallbackReceiver;
beforeEach(async () => {
  crm = await startCallbackReceiver();
});
afterEach(() => crm.close());

/** An environment whose worker calls the CRM of this test. */
async function createEnvironmentWithCallbacks(more: NodeJS.ProcessEnv = {}): Promise<RealEnvironment> {
  const environment = await createEnvironment();
  await environment.startWorker(callbackEnv(more));
  return environment;
}

const callbackEnv = (more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => ({
  SIGNING_CALLBACK_SECRET: `${NEW_SECRET},${OLD_SECRET}`,
  SIGNING_CALLBACK_HOSTS: crm.hosts.join(','),
  ...more,
});

const receivedOf = ({ requestId }: Signing): ReceivedCallback[] =>
  crm.received.filter(({ event }) => event.data.requestId === requestId);
const typesOf = (signing: Signing): string[] =>
  receivedOf(signing).map(({ event }) => event.type.replace('signing.', ''));
const ordersOf = (signing: Signing): number[] => receivedOf(signing).map(({ event }) => event.order);

const waitForCallback = (signing: Signing, type: CallbackType): Promise<void> =>
  waitUntil(`the CRM receives ${type}`, () => receivedOf(signing).some(({ event }) => event.type === type));

async function waitForCallbacksToEnd(signing: Signing): Promise<void> {
  await waitUntil('the CRM receives a callback', () => receivedOf(signing).length > 0);
  await getCallbacksHandle(signing.handle).result();
}

/** One signing for each way in which a signing can end. */
async function endInEveryState({ fake, start }: RealEnvironment): Promise<Record<string, Signing>> {
  const begin = (change = {}): Promise<Signing> => start({ callbackUrl: crm.url, ...change });
  const handedOver = async (signing: Signing): Promise<number> => {
    const sessionId = (await signing.untilState('awaiting-handover')).sessionId ?? 0;
    fake.handOver(sessionId);
    await signing.handle.signal('checkNow');
    await signing.untilState('awaiting-signature');
    return sessionId;
  };

  const completed = await begin();
  await completed.signAll();
  const failed = await begin({ method: 'ves' });
  const sessionId = await handedOver(failed);
  const documents = fake.sessions().find(({ id }) => id === sessionId)?.documents ?? [];
  for (const { id } of documents)
    fake.failIdentification(sessionId, id, `${PARTICIPANT.lastname} is unknown`);
  await sendCheckNow(failed.handle);
  const withdrawn = await begin();
  fake.remove((await withdrawn.untilState('awaiting-handover')).sessionId ?? 0);
  await sendCheckNow(withdrawn.handle);
  // The next fault is for the next signing.
  for (const signing of [completed, failed, withdrawn]) await signing.result();
  const cancelled = await begin();
  fake.faults.add({ call: 'list', status: 403 });
  await cancelled.untilState('needs-attention');
  await cancelled.handle.cancel();
  const rejected = await begin({ documents: [{ source: 'file:missing.pdf' }] });
  await captureRejection(rejected.result());
  const expired = await begin({ deadlineDays: 5 * A_SECOND_IN_DAYS });
  return { completed, failed, withdrawn, cancelled, rejected, expired };
}

describe('A CRM', () => {
  it('gets every event in order, signed so that a receiver in another language can verify it', async () => {
    const signings = await endInEveryState(await createEnvironmentWithCallbacks());
    await Promise.all(Object.values(signings).map(waitForCallbacksToEnd));

    const received = Object.fromEntries(
      Object.entries(signings).map(([end, signing]) => [end, typesOf(signing)]),
    );
    expect(received).toEqual({
      completed: ['awaiting-handover', 'awaiting-signature', 'completed'],
      failed: ['awaiting-handover', 'awaiting-signature', 'document-failed', 'document-failed', 'failed'],
      withdrawn: ['awaiting-handover', 'withdrawn'],
      cancelled: expect.arrayContaining(['needs-attention', 'cancelled']) as string[],
      rejected: ['rejected'],
      expired: expect.arrayContaining(['expired']) as string[],
    });
    const all = new Set(crm.received.map(({ event }) => event.type));
    expect([...all, 'signing.still-waiting'].sort()).toEqual([...CALLBACK_TYPES].sort());
    for (const signing of Object.values(signings))
      expect(ordersOf(signing)).toEqual(ordersOf(signing).map((_, index) => index + 1));
    expect(new Set(crm.received.map(({ headers }) => headers['webhook-id'])).size).toBe(crm.received.length);

    const events = crm.received.map(({ event }) => ({ event }));
    for (const secret of [OLD_SECRET, NEW_SECRET])
      expect(await verifyInPython(secret, crm.received)).toEqual(events);
    const bodies = crm.received.map(({ body }) => body).join('\n');
    for (const personal of [...Object.values(PARTICIPANT), 'contract.pdf', 'Task-123'])
      expect(bodies).not.toContain(personal);
  });

  it('gets a reminder of a signing that waits', async () => {
    const { start } = await createEnvironmentWithCallbacks({
      SIGNING_CALLBACK_REMINDER_DAYS: String(2 * A_SECOND_IN_DAYS),
    });
    const signing = await start({ callbackUrl: crm.url });
    await waitForCallback(signing, 'signing.still-waiting');
    await signing.handle.cancel();
    await waitForCallbacksToEnd(signing);
    expect(typesOf(signing).slice(0, 2)).toEqual(['awaiting-handover', 'still-waiting']);
    expect(typesOf(signing).at(-1)).toBe('cancelled');
  });

  it('that is down delays no signing; the status shows the failures, and in the end it gets every event', async () => {
    const environment = await createEnvironmentWithCallbacks();
    const signings = createSigningClient(environment.client, environment.taskQueue);
    crm.respondWith(503);
    const signing = await environment.start({ callbackUrl: crm.url });
    const { requestId } = signing;
    await signing.signAll();
    expect((await signing.result()).state).toBe('completed');

    await waitUntil(
      'the status tells how many attempts have failed, and when the next one comes',
      async () => {
        const { state, callback } = await signings.status(requestId);
        if (callback === null || 'deliveredAt' in callback || callback.nextAttemptAt === null) return false;
        expect({ state, ...callback }).toMatchObject({
          state: 'completed',
          order: 1,
          type: 'signing.awaiting-handover',
          failure: 'the CRM answered 503',
        });
        return (
          callback.attempt === receivedOf(signing).length && Date.parse(callback.nextAttemptAt) > Date.now()
        );
      },
    );
    const page = await getCallbacksHandle(signing.handle).query<{ currentDetails?: string }>(
      '__temporal_workflow_metadata',
    );
    expect(page.currentDetails).toMatch(
      /^\*\*Now:\*\* no\. 1, `signing\.awaiting-handover`.*\*\*Then:\*\* `signing\.awaiting-signature`, `signing\.completed`$/s,
    );
    const shown = await runCli(['status', requestId], { env: environment.env, cwd: environment.root });
    expect(shown.stdout).toMatch(
      /last callback +no\. 1 signing\.awaiting-handover, attempt \d+: the CRM answered 503/,
    );

    crm.respondWith(204);
    await waitForCallbacksToEnd(signing);
    expect((await signings.wait(requestId)).callback).toEqual({
      order: 3,
      type: 'signing.completed',
      deliveredAt: expect.stringMatching(/^\d{4}-.*Z$/) as string,
    });
    expect([...new Set(ordersOf(signing))]).toEqual([1, 2, 3]);
    const later = await runCli(['status', requestId], { env: environment.env, cwd: environment.root });
    expect(later.stdout).toMatch(/last callback +no\. 3 signing\.completed, delivered \d{4}-.* UTC/);
  });
});

it('A delivery of a killed worker is repeated by the next worker, under the same id', async () => {
  const environment = await createEnvironment();
  const worker = await environment.startWorker(callbackEnv());
  crm.respondWith(() => undefined);
  const signing = await environment.start({ callbackUrl: crm.url });
  await waitForCallback(signing, 'signing.awaiting-handover');
  worker.kill('SIGKILL');
  await worker.exited;
  crm.respondWith(204);
  await environment.startWorker(callbackEnv());
  await waitUntil('it is delivered', () => receivedOf(signing).length === 2);
  const [lost, delivered] = receivedOf(signing);
  expect(delivered?.body).toBe(lost?.body);
  expect(delivered?.headers['webhook-id']).toBe(lost?.headers['webhook-id']);
  expect(await verifyInPython(NEW_SECRET, receivedOf(signing))).toHaveLength(2);
});

describe('A signing continues, and the event numbers keep growing,', () => {
  it('when an operator has reset it to a moment before the first callback', async () => {
    const environment = await createEnvironmentWithCallbacks();
    const signing = await environment.start({ callbackUrl: crm.url });
    await signing.untilState('awaiting-handover');
    await waitForCallback(signing, 'signing.awaiting-handover');
    await resetBeforeCall('attachDocument', environment.client, signing.handle);
    await waitUntil('it waits again', () => typesOf(signing).length === 2);
    await signing.signAll();
    await waitForCallbacksToEnd(signing);
    expect(typesOf(signing)).toEqual([
      'awaiting-handover', 'awaiting-handover', 'awaiting-signature', 'completed',
    ]); // prettier-ignore
    expect(ordersOf(signing)).toEqual([1, 2, 3, 4]);
  });

  it('when somebody has terminated its callbacks; status and log show it', async () => {
    const environment = await createEnvironment();
    const worker = await environment.startWorker(callbackEnv());
    const signing = await environment.start({ callbackUrl: crm.url });
    await waitForCallback(signing, 'signing.awaiting-handover');
    const signings = createSigningClient(environment.client, environment.taskQueue);
    const isShown = async (): Promise<boolean> =>
      (await signings.status(signing.requestId)).callback !== null;
    await waitUntil('it is delivered', isShown);
    await getCallbacksHandle(signing.handle).terminate('by a test');
    await signing.signAll();
    expect((await signing.result()).state).toBe('completed');
    expect(typesOf(signing)).toEqual(['awaiting-handover']);
    expect((await signings.status(signing.requestId)).callback).toMatchObject({ order: 1 });
    // The worker's output arrives here later than the result.
    await worker.waitFor('the CRM is not notified of a change');
  });

  it('when the CRM has answered 410', async () => {
    const environment = await createEnvironmentWithCallbacks();
    crm.respondWith(410);
    const signing = await environment.start({ callbackUrl: crm.url });
    await waitForCallbacksToEnd(signing);
    await signing.signAll();
    expect((await signing.result()).state).toBe('completed');
    expect(typesOf(signing)).toEqual(['awaiting-handover']);
    const { callback } = await createSigningClient(environment.client, environment.taskQueue).status(
      signing.requestId,
    );
    expect(callback).toMatchObject({
      failure: 'the CRM answered 410, so it gets no more callbacks',
      nextAttemptAt: null,
    });
  });
});

it('The callbacks of a terminated signing end without a final event', async () => {
  const environment = await createEnvironmentWithCallbacks({
    SIGNING_CALLBACK_REMINDER_DAYS: String(2 * A_SECOND_IN_DAYS),
  });
  const signing = await environment.start({ callbackUrl: crm.url });
  await waitForCallback(signing, 'signing.awaiting-handover');
  await signing.handle.terminate('by a test');
  const before = typesOf(signing).length;
  await waitForCallbacksToEnd(signing);
  // One that was on its way may still arrive.
  expect(typesOf(signing).length).toBeLessThanOrEqual(before + 1);
  expect(receivedOf(signing).some(({ event }) => isFinal(event.data.state))).toBe(false);
});

it('A second start under the id of a signing sends no callback, because nothing changes', async () => {
  const environment = await createEnvironmentWithCallbacks();
  const signing = await environment.start({ callbackUrl: crm.url });
  await waitForCallback(signing, 'signing.awaiting-handover');
  await waitUntil('its callbacks wait for a change', async () => {
    const { pendingActivities } = (await getCallbacksHandle(signing.handle).describe()).raw;
    return pendingActivities?.some(({ lastFailure }) => lastFailure != null) === true;
  });
  await signing.handle.terminate('by a test');
  await waitUntil('the list of workflows has it', async () => {
    const { count } = await environment.client.workflow.count(`WorkflowId = '${signing.handle.workflowId}'`);
    return count > 0;
  });
  const again = await environment.start(
    { callbackUrl: crm.url, requestId: signing.requestId },
    { workflowId: signing.handle.workflowId, workflowIdReusePolicy: 'ALLOW_DUPLICATE' },
  );
  await captureRejection(again.result());
  expect(typesOf(signing)).toEqual(['awaiting-handover']);
  expect(await getCallbacksHandle(signing.handle).describe()).toMatchObject({ status: { name: 'RUNNING' } });
  await getCallbacksHandle(signing.handle).terminate('by a test');
});

it('A signing without a callbackUrl has no callbacks workflow', async () => {
  const environment = await createEnvironmentWithCallbacks();
  const signing = await environment.start();
  await signing.signAll();
  await signing.result();
  expect(await captureRejection(getCallbacksHandle(signing.handle).describe())).toMatchObject({
    name: 'WorkflowNotFoundError',
  });
  expect(
    (await createSigningClient(environment.client, environment.taskQueue).status(signing.requestId)).callback,
  ).toBeNull();
});
