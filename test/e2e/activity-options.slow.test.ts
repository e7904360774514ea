import type { Call } from '../../fake-flexperto/types.js';
import { startTemporalServer, type TemporalServer } from '../../scripts/temporal-server.js';
import { eventually } from '../support/outcomes.js';
import { createRealWorld, type RealWorld } from '../support/real-world.js';
import type { Signing } from '../support/signing.js';
import { temporalCommand, type TemporalCommand } from '../support/temporal-command.js';

/** The three calls that must not have their effect twice, with their activities. */
const CALLS = [
  ['initiate', 'initiateSession'],
  ['attach', 'attachDocument'],
  ['hand-over', 'handOverSession'],
] as const satisfies readonly (readonly [Call, string])[];

const FIVE_ATTEMPTS = ['--retry-maximum-attempts', '5'];
const SOON = ['--retry-initial-interval', '100ms'];
const LATE = ['--retry-initial-interval', '10m', '--retry-maximum-interval', '10m'];
/** Shorter than the pause between two heartbeats, so that the server takes the worker for lost. */
const TAKEN_FOR_LOST = ['--heartbeat-timeout', '1s'];

let server: TemporalServer;
let world: RealWorld;
let temporal: TemporalCommand;

beforeAll(async () => {
  server = await startTemporalServer();
  world = await createRealWorld(server, { handOver: 'POST /api/v2/contracts/{sessionId}/handover' });
  temporal = await temporalCommand(world);
  await world.startWorker();
});

afterAll(async () => {
  await world.close();
  await server.stop();
});

/** A session with one of its calls under way at the vendor, and what an operator needs to name that call. */
async function duringCall(call: Call, activity: string, fault: Readonly<Record<string, unknown>>) {
  const name = `A session of its own: ${call} ${JSON.stringify(fault)}`;
  // An initiate is about no session yet.
  world.fake.faults.add({ call, ...(call === 'initiate' ? {} : { session: name }), ...fault });
  const before = world.fake.ledger.entries().length;
  const made = (): number =>
    world.fake.ledger
      .entries()
      .slice(before)
      .filter((entry) => entry.call === call).length;
  const signing = await world.start({ name, documents: [{ source: 'file:contract.pdf' }] });
  await eventually('the call is under way', () => made() === 1);
  const pending = (await signing.handle.describe()).raw.pendingActivities?.find(
    ({ activityType }) => activityType?.name === activity,
  );
  const which = ['--workflow-id', signing.handle.workflowId, '--activity-id', pending?.activityId ?? ''];
  return { signing, which, made };
}

/** What the session says once the lost answer was dealt with. */
const settled = (signing: Signing): ReturnType<Signing['status']> =>
  signing.until(({ state, attention }) => attention !== null || state.startsWith('awaiting'));

describe('An operator who allows more attempts of a call under way, by temporal activity update-options', () => {
  it.each(CALLS)('does not bring about a second %s where its answer is lost', async (call, activity) => {
    const { signing, which, made } = await duringCall(call, activity, { delaySeconds: 2, reset: 'after' });
    await temporal('activity', 'update-options', ...which, ...FIVE_ATTEMPTS, ...SOON);
    await settled(signing);
    expect(made()).toBe(1);
  });

  it.each(CALLS)('does not bring about a second %s where its worker seems lost', async (call, activity) => {
    const { signing, which, made } = await duringCall(call, activity, { delaySeconds: 3 });
    await temporal('activity', 'update-options', ...which, ...FIVE_ATTEMPTS, ...SOON, ...TAKEN_FOR_LOST);
    await settled(signing);
    expect(made()).toBe(1);
  });

  it.each(CALLS)(
    'and resets the activity before it is tried again brings about no second %s',
    async (call, activity) => {
      const { signing, which, made } = await duringCall(call, activity, { delaySeconds: 3 });
      await temporal('activity', 'update-options', ...which, ...FIVE_ATTEMPTS, ...LATE, ...TAKEN_FOR_LOST);
      await eventually('the next attempt waits', async () => {
        const pending = (await signing.handle.describe()).raw.pendingActivities ?? [];
        return pending.some(({ attempt }) => attempt === 2);
      });
      await temporal('activity', 'reset', ...which);
      await settled(signing);
      expect(made()).toBe(1);
    },
  );
});
