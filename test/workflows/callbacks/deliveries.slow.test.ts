import type { WorkflowHandle } from '@temporalio/client';
import { randomUUID } from 'node:crypto';
import type { CallbackData, CallbackStatus, CallbackType } from '../../../src/domain/callbacks.js';
import { createQueue } from '../../../src/domain/callbacks.js';
import type { SigningState } from '../../../src/domain/status.js';
import { captureRejection, waitUntil } from '../../support/async-helpers.js';
import { type CallbackReceiver, startCallbackReceiver } from '../../support/callback-receiver.js';
import { useTimeSkippingEnvironments } from '../../support/time-skipping-environment.js';
import type { TestEnvironment, TestEnvironmentOptions } from '../../support/time-skipping-environment.js';

const SECRET = `whsec_${Buffer.alloc(32, 1).toString('base64')}`;
const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const createEnvironment = useTimeSkippingEnvironments();
let crm: CallbackReceiver;
beforeEach(async () => {
  crm = await startCallbackReceiver();
});
afterEach(() => crm.close());

/** The callbacks of a signing whose changes the test sends. */
interface CallbackRun extends Pick<TestEnvironment, 'advanceTime'> {
  readonly handle: WorkflowHandle;
  readonly notify: (state: SigningState) => Promise<void>;
  /** The result of the last delivery, once the callbacks have ended. */
  readonly end: () => Promise<CallbackStatus | null>;
}

async function startCallbacks(
  first: SigningState,
  options: TestEnvironmentOptions = {},
): Promise<CallbackRun> {
  const environment = await createEnvironment({
    callbackSecrets: [SECRET],
    callbackHosts: crm.hosts,
    ...options,
  });
  const signingId = randomUUID();
  const target = { url: crm.url, workflowId: `signing-${signingId}`, signingRunId: signingId };
  const handle = await environment.startCallbacks(
    target,
    createQueue(createChange(first, await environment.now())),
  );
  return {
    advanceTime: environment.advanceTime,
    handle,
    notify: async (state) =>
      handle.signal('statusChanged', signingId, createChange(state, await environment.now())),
    end: () => handle.result() as Promise<CallbackStatus | null>,
  };
}

function createChange(state: SigningState, at: Date) {
  const data: CallbackData = {
    requestId: 'crm-action-8f1c',
    crmRecord: 'opportunity/0061',
    sessionId: 13,
    state,
    deadline: '2027-01-01T00:00:00.000Z',
  };
  const type = `signing.${state}` as CallbackType;
  return { at: at.toISOString(), events: [{ type }], data };
}

const orders = (): number[] => crm.received.map(({ event }) => event.order);
const attempts = (order: number): number => orders().filter((one) => one === order).length;
const ids = (): unknown[] => crm.received.map(({ headers }) => headers['webhook-id']);

async function countEvents(handle: WorkflowHandle): Promise<number> {
  return ((await handle.fetchHistory()).events ?? []).length;
}

describe('An event that the CRM does not accept', () => {
  it('is tried for three days, with growing pauses, under one id; the later ones wait for it', async () => {
    crm.respondWith(500);
    const { notify, advanceTime, end, handle } = await startCallbacks('awaiting-handover');
    await advanceTime(HOUR);
    const within = crm.received.length;
    expect(within).toBeGreaterThan(5);
    await notify('awaiting-signature');
    await notify('completed');
    await advanceTime(2 * DAY);
    expect(new Set(orders())).toEqual(new Set([1]));
    expect(crm.received.length).toBeLessThan(within + 20);
    expect(new Set(ids()).size).toBe(1);
    expect(await end()).toEqual({
      order: 3,
      type: 'signing.completed',
      attempt: attempts(3),
      failure: 'given up: the CRM answered 500',
      nextAttemptAt: null,
    });
    expect(attempts(1)).toBeGreaterThan(20);
    expect(attempts(2)).toBeGreaterThan(1);
    expect(await countEvents(handle)).toBeLessThan(60);
  });

  it('is delivered, and then the later ones in their order, when the CRM is back after a day', async () => {
    crm.respondWith(503);
    const { notify, advanceTime, end } = await startCallbacks('awaiting-handover');
    await notify('awaiting-signature');
    await notify('completed');
    await advanceTime(DAY);
    const before = crm.received.length;
    crm.respondWith(204);
    expect(await end()).toMatchObject({ order: 3, type: 'signing.completed' });
    expect(orders().slice(before)).toEqual([1, 2, 3]);
    expect(new Set(ids()).size).toBe(3);
  });

  it('is retried when the CRM asks for it, and after six hours at the latest', async () => {
    crm.respondWith((response) => response.writeHead(503, { 'retry-after': '7200' }).end());
    const { notify, advanceTime, end } = await startCallbacks('awaiting-handover');
    await advanceTime(110 * MINUTE);
    expect(crm.received).toHaveLength(1);
    crm.respondWith((response) => response.writeHead(503, { 'retry-after': '86400' }).end());
    await advanceTime(20 * MINUTE);
    expect(crm.received).toHaveLength(2);
    await advanceTime(5 * HOUR);
    expect(crm.received).toHaveLength(2);
    crm.respondWith(204);
    await advanceTime(2 * HOUR);
    expect(crm.received).toHaveLength(3);
    await notify('cancelled');
    expect(await end()).toMatchObject({ order: 2, deliveredAt: expect.any(String) as string });
  });
});

describe('A callback that the configuration forbids', () => {
  it.each([
    [
      'a secret that is missing',
      [],
      ['localhost', '127.0.0.1'],
      'SIGNING_CALLBACK_SECRET is not set, so nothing is sent',
    ],
    [
      'a host that is not listed',
      [SECRET],
      ['127.0.0.1'],
      "the callback's address must have a host that is on SIGNING_CALLBACK_HOSTS",
    ],
    [
      'a name that leads to a private address that is not listed',
      [SECRET],
      ['localhost'],
      "the callback's address must not lead to a private address that is not on SIGNING_CALLBACK_HOSTS",
    ],
  ])(
    'is retried as long, since an operator can correct it, and never sent: %s',
    async (_, secrets, hosts, why) => {
      const { port } = new URL(crm.url);
      const callbackHosts = hosts.map((host) => (host === 'localhost' ? `${host}:${port}` : host));
      const { end } = await startCallbacks('completed', { callbackSecrets: secrets, callbackHosts });
      expect(await end()).toMatchObject({ order: 1, failure: `given up: ${why}` });
      expect(crm.connections()).toBe(0);
    },
  );
});

describe('A reminder comes', () => {
  const reminderMs = 2.5 * DAY * 1000;

  it('every time the configured days have passed without a change', async () => {
    const { notify, advanceTime, end } = await startCallbacks('awaiting-signature', { reminderMs });
    await advanceTime(2 * DAY);
    expect(crm.received).toHaveLength(1);
    while (crm.received.length < 3) await advanceTime(HOUR);
    expect(crm.receivedTypes()).toEqual([
      'signing.awaiting-signature',
      'signing.still-waiting',
      'signing.still-waiting',
    ]);
    const times = crm.received.map(({ event }) => Date.parse(event.timestamp));
    for (const [index, time] of times.slice(1).entries())
      expect(time - (times[index] ?? NaN)).toBeGreaterThanOrEqual(reminderMs);
    expect(crm.received[2]?.event.data.state).toBe('awaiting-signature');
    await notify('completed');
    await end();
    expect(orders()).toEqual([1, 2, 3, 4]);
  });

  it('not while changes come', async () => {
    const { notify, advanceTime, end } = await startCallbacks('awaiting-handover', { reminderMs });
    for (const state of ['needs-attention', 'awaiting-handover', 'awaiting-signature'] as const) {
      await advanceTime(2 * DAY);
      await notify(state);
    }
    await notify('completed');
    await end();
    expect(crm.receivedTypes()).not.toContain('signing.still-waiting');
  });
});

describe('The callbacks end', () => {
  it('after a 410, whatever is still queued', async () => {
    crm.respondWith(410);
    const { notify, end } = await startCallbacks('awaiting-handover');
    expect(await end()).toEqual({
      order: 1,
      type: 'signing.awaiting-handover',
      attempt: 1,
      failure: 'the CRM answered 410, so it gets no more callbacks',
      nextAttemptAt: null,
    });
    await captureRejection(notify('completed'));
    expect(crm.received).toHaveLength(1);
  });

  it('with the last event, even while a check of their signing is still under way', async () => {
    const checks: ((open: boolean) => void)[] = [];
    const sessionIsOpen = () => new Promise<boolean>((resolve) => checks.push(resolve));
    const { notify, end } = await startCallbacks('awaiting-handover', { sessionIsOpen });
    await waitUntil('a check of the signing', () => checks.length > 0);
    await notify('completed');
    expect(await end()).toMatchObject({ order: 2, type: 'signing.completed' });
    for (const answer of checks) answer(true);
  });

  it('within a day after their signing was terminated, without a further event', async () => {
    let open = true;
    const { advanceTime, handle, end } = await startCallbacks('awaiting-handover', {
      sessionIsOpen: () => open,
    });
    await advanceTime(10 * HOUR);
    open = false;
    await advanceTime(DAY);
    expect((await handle.describe()).status.name).toBe('COMPLETED');
    expect(await end()).toMatchObject({ order: 1 });
    expect(crm.received).toHaveLength(1);
  });
});

it('Changes of another signing under the same workflow id are ignored', async () => {
  const { handle, notify, end } = await startCallbacks('awaiting-handover');
  await handle.signal('statusChanged', 'another run', createChange('failed', new Date()));
  await notify('completed');
  await end();
  expect(crm.receivedTypes()).toEqual(['signing.awaiting-handover', 'signing.completed']);
});
