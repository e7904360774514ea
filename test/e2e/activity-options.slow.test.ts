import type { Call } from '../../fake-flexperto/types.js';
import { type TemporalServer, startTemporalServer } from '../../scripts/processes/temporal-server.js';
import { waitUntil } from '../support/async-helpers.js';
import { type RealEnvironment, createRealEnvironment } from '../support/real-environment.js';
import type { Signing } from '../support/signing.js';
import { type TemporalCommand, createTemporalCommand } from '../support/temporal-command.js';

/** The three calls that must not have their effect twice, with their activities. */
const CALLS = [
  ['initiate', 'initiateSession'],
  ['attach', 'attachDocument'],
  ['hand-over', 'handOverSession'],
] as const satisfies readonly (readonly [Call, string])[];

const FIVE_ATTEMPTS = ['--retry-maximum-attempts', '5'];
const SHORT_INTERVAL = ['--retry-initial-interval', '100ms'];
/** Shorter than the pause between two heartbeats, so that the server considers the worker lost. */
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

/** A signing with one of its calls in flight at the vendor, and the options that name that call. */
async function startDuringCall(call: Call, activity: string, fault: Readonly<Record<string, unknown>>) {
  const name = `A separate session: ${call} ${JSON.stringify(fault)}`;
  // Before initiate there is no contract session to name.
  environment.fake.faults.add({ call, ...(call === 'initiate' ? {} : { session: name }), ...fault });
  const before = environment.fake.ledger.entries().length;
  const made = (): number =>
    environment.fake.ledger
      .entries()
      .slice(before)
      .filter((entry) => entry.call === call).length;
  const signing = await environment.start({ name, documents: [{ source: 'file:contract.pdf' }] });
  await waitUntil('the call is in flight', () => made() === 1);
  const pending = (await signing.handle.describe()).raw.pendingActivities?.find(
    ({ activityType }) => activityType?.name === activity,
  );
  const which = ['--workflow-id', signing.handle.workflowId, '--activity-id', pending?.activityId ?? ''];
  return { signing, which, made };
}

/** The status after the signing has reconciled the lost response. */
const waitUntilReconciled = (signing: Signing): ReturnType<Signing['status']> =>
  signing.until(({ state, attention }) => attention !== null || state.startsWith('awaiting'));

describe('An operator who allows more attempts of a call in flight, by temporal activity update-options,', () => {
  it.each(CALLS)('does not cause a second %s if its response is lost', async (call, activity) => {
    const { signing, which, made } = await startDuringCall(call, activity, {
      delaySeconds: 2,
      reset: 'after',
    });
    await temporal('activity', 'update-options', ...which, ...FIVE_ATTEMPTS, ...SHORT_INTERVAL);
    await waitUntilReconciled(signing);
    expect(made()).toBe(1);
  });

  it.each(CALLS)('does not cause a second %s if its worker seems lost', async (call, activity) => {
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
});
