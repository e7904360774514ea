import type { Call } from '../../fake-flexperto/types.js';
import { startTemporalServer, type TemporalServer } from '../../scripts/processes/temporal-server.js';
import { waitUntil } from '../support/async-helpers.js';
import { createRealEnvironment, type RealEnvironment } from '../support/real-environment.js';
import type { Signing } from '../support/signing.js';
import { createTemporalCommand, type TemporalCommand } from '../support/temporal-command.js';

/** The three calls that must not have their effect twice, with their activities. */
const CALLS = [
  ['initiate', 'initiateSession'],
  ['attach', 'attachDocument'],
  ['hand-over', 'handOverSession'],
] as const satisfies readonly (readonly [Call, string])[];

const FIVE_ATTEMPTS = ['--retry-maximum-attempts', '5'];
const SHORT_INTERVAL = ['--retry-initial-interval', '100ms'];
const LONG_INTERVAL = ['--retry-initial-interval', '10m', '--retry-maximum-interval', '10m'];
/** Shorter than the pause between two heartbeats, so that the server takes the worker for lost. */
const SHORT_HEARTBEAT_TIMEOUT = ['--heartbeat-timeout', '1s'];

let server: TemporalServer;
let environment: RealEnvironment;
let temporal: TemporalCommand;

beforeAll(async () => {
  server = await startTemporalServer();
  environment = await createRealEnvironment(server, {
    handOver: 'POST /api/v2/contracts/{sessionId}/handover',
  });
  temporal = await createTemporalCommand(environment);
  await environment.startWorker();
});

afterAll(async () => {
  await environment.close();
  await server.stop();
});

/** A session with one of its calls under way at the vendor, and what an operator needs to name that call. */
async function startDuringCall(call: Call, activity: string, fault: Readonly<Record<string, unknown>>) {
  const name = `A session of its own: ${call} ${JSON.stringify(fault)}`;
  // An initiate is about no session yet.
  environment.fake.faults.add({ call, ...(call === 'initiate' ? {} : { session: name }), ...fault });
  const before = environment.fake.ledger.entries().length;
  const made = (): number =>
    environment.fake.ledger
      .entries()
      .slice(before)
      .filter((entry) => entry.call === call).length;
  const signing = await environment.start({ name, documents: [{ source: 'file:contract.pdf' }] });
  await waitUntil('the call is under way', () => made() === 1);
  const pending = (await signing.handle.describe()).raw.pendingActivities?.find(
    ({ activityType }) => activityType?.name === activity,
  );
  const which = ['--workflow-id', signing.handle.workflowId, '--activity-id', pending?.activityId ?? ''];
  return { signing, which, made };
}

/** What the session says once the lost answer was dealt with. */
const waitUntilReconciled = (signing: Signing): ReturnType<Signing['status']> =>
  signing.until(({ state, attention }) => attention !== null || state.startsWith('awaiting'));

describe('An operator who allows more attempts of a call under way, by temporal activity update-options', () => {
  it.each(CALLS)('does not bring about a second %s where its answer is lost', async (call, activity) => {
    const { signing, which, made } = await startDuringCall(call, activity, {
      delaySeconds: 2,
      reset: 'after',
    });
    await temporal('activity', 'update-options', ...which, ...FIVE_ATTEMPTS, ...SHORT_INTERVAL);
    await waitUntilReconciled(signing);
    expect(made()).toBe(1);
  });

  it.each(CALLS)('does not bring about a second %s where its worker seems lost', async (call, activity) => {
    const { signing, which, made } = await startDuringCall(call, activity, { delaySeconds: 3 });
    await temporal(
      'activity',
      'update-options',
      ...which,
      ...FIVE_ATTEMPTS,
      ...SHORT_INTERVAL,
      ...SHORT_HEARTBEAT_TIMEOUT,
    );
    await waitUntilReconciled(signing);
    expect(made()).toBe(1);
  });

  it.each(CALLS)(
    'and resets the activity before it is tried again brings about no second %s',
    async (call, activity) => {
      const { signing, which, made } = await startDuringCall(call, activity, { delaySeconds: 3 });
      await temporal(
        'activity',
        'update-options',
        ...which,
        ...FIVE_ATTEMPTS,
        ...LONG_INTERVAL,
        ...SHORT_HEARTBEAT_TIMEOUT,
      );
      await waitUntil('the next attempt waits', async () => {
        const pending = (await signing.handle.describe()).raw.pendingActivities ?? [];
        return pending.some(({ attempt }) => attempt === 2);
      });
      await temporal('activity', 'reset', ...which);
      await waitUntilReconciled(signing);
      expect(made()).toBe(1);
    },
  );
});
