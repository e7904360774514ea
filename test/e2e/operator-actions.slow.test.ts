import type { Call } from '../../fake-flexperto/types.js';
import { type TemporalServer, startTemporalServer } from '../../scripts/processes/temporal-server.js';
import type { SigningStatus } from '../../src/domain/status.js';
import { waitUntil } from '../support/async-helpers.js';
import {
  OPERATOR_ACTIONS,
  type OperatorAction,
  type OperatorActionName,
  type PendingActivity,
  actUnlessEnded,
  findPending,
  hasAttempt,
} from '../support/operator-actions.js';
import { type RealEnvironment, createRealEnvironment } from '../support/real-environment.js';
import { type Signing, sendCheckNow } from '../support/signing.js';

/** The calls of a signing, with their activities. */
const ACTIVITIES = {
  initiate: 'initiateSession',
  upload: 'uploadDocument',
  attach: 'attachDocument',
  'hand-over': 'handOverSession',
  list: 'pollDocuments',
} as const satisfies Partial<Record<Call, string>>;
type Step = keyof typeof ACTIVITIES;
const STEPS = Object.keys(ACTIVITIES) as Step[];
const ACTION_NAMES = Object.keys(OPERATOR_ACTIONS) as OperatorActionName[];

/** Longer than the pause between two heartbeats, by which a worker learns of a pause or a reset. */
const CALL_SECONDS = 15;
/** Longer than any test: the worker is lost before the answer comes. */
const NEVER_SECONDS = 600;
const WORKERS = 2;
/** Many signings wait at the same time: more requests would delay them all. */
const PAUSE_MS = 2_000;
const TEN_MINUTES_MS = 600_000;

const CIRCUMSTANCES = {
  'while the call is in flight': CALL_SECONDS,
  'while the call is in flight and its worker is lost': NEVER_SECONDS,
} as const;
type Circumstance = keyof typeof CIRCUMSTANCES;
const CIRCUMSTANCE_NAMES = Object.keys(CIRCUMSTANCES) as Circumstance[];

const HAND_OVER = 'POST /api/v2/contracts/{sessionId}/handover';

/** A signing whose call an operator disturbs. */
interface Case {
  readonly circumstance: Circumstance;
  readonly step: Step;
  readonly actionName: OperatorActionName;
  readonly name: string;
}

interface Disturbed {
  readonly signing: Signing;
  readonly activity: PendingActivity;
  readonly action: OperatorAction;
}

let server: TemporalServer;
const environments = new Map<Circumstance, RealEnvironment>();
const ends = new Map<string, Promise<SigningStatus | undefined>>();

beforeAll(async () => {
  server = await startTemporalServer({ dynamicConfig: { 'frontend.WorkflowPauseEnabled': true } });
  for (const circumstance of CIRCUMSTANCE_NAMES)
    environments.set(circumstance, await createRealEnvironment(server, { handOver: HAND_OVER }));
  await Promise.all(CIRCUMSTANCE_NAMES.map(play));
}, TEN_MINUTES_MS);

afterAll(async () => {
  for (const environment of environments.values()) await environment.close();
  await server.stop();
});

function getEnvironment(circumstance: Circumstance): RealEnvironment {
  const environment = environments.get(circumstance);
  if (environment === undefined) throw new Error(`there is no environment for: ${circumstance}`);
  return environment;
}

/** Disturbs all signings, one step after the other, and lets them settle side by side. */
async function play(circumstance: Circumstance): Promise<void> {
  const environment = getEnvironment(circumstance);
  const workers = await startWorkers(environment);
  const delaySeconds = CIRCUMSTANCES[circumstance];
  const disturbances: (readonly [string, Promise<Disturbed>])[] = [];
  for (const step of STEPS) {
    const cases = listActions(circumstance, step).map((actionName) => {
      return { circumstance, step, actionName, name: nameCase(circumstance, step, actionName) };
    });
    addFaults(environment, cases, delaySeconds);
    const disturbed = cases.map((one) => [one.name, disturb(one)] as const);
    disturbances.push(...disturbed);
    // A fault of initiate cannot name a contract session: the next step starts after these calls.
    await Promise.allSettled(disturbed.map(([, disturbing]) => disturbing));
  }
  if (isWorkerLost(circumstance)) {
    for (const worker of workers) worker.kill('SIGKILL');
    await Promise.all(workers.map(({ exited }) => exited));
    await startWorkers(environment);
  }
  const settled = disturbances.map(([name, disturbing]) => {
    const end = disturbing.then((disturbed) => settle(disturbed, circumstance));
    ends.set(name, end);
    return end;
  });
  await Promise.allSettled(settled);
}

function addFaults({ fake }: RealEnvironment, cases: readonly Case[], delaySeconds: number): void {
  for (const { step, name } of cases) {
    const about = step === 'initiate' ? {} : { session: name };
    // The first poll is a local activity, which no operator sees.
    fake.faults.add({ call: step, ...about, skip: step === 'list' ? 1 : 0, delaySeconds });
  }
}

/**
 * Not here: a run after a reset waits for five minutes before its first attach (reset.slow.test.ts), and an older CLI can
 * clear the proof of an initiate whose worker is lost (docs/operations.md says so).
 */
function listActions(circumstance: Circumstance, step: Step): readonly OperatorActionName[] {
  const excluded: readonly OperatorActionName[] =
    step === 'upload' || step === 'attach'
      ? ['reset of the workflow']
      : step === 'initiate' && isWorkerLost(circumstance)
        ? ['pause and unpause with heartbeats reset']
        : [];
  return ACTION_NAMES.filter((actionName) => !excluded.includes(actionName));
}

const isWorkerLost = (circumstance: Circumstance): boolean => CIRCUMSTANCES[circumstance] === NEVER_SECONDS;

const nameCase = (circumstance: Circumstance, step: Step, actionName: OperatorActionName): string =>
  `${actionName}: ${step} ${circumstance}`;

const startWorkers = (environment: RealEnvironment) =>
  Promise.all(
    Array.from({ length: WORKERS }, () => environment.startWorker({ FLEXPERTO_TIMEOUT_SECONDS: '240' })),
  );

/** Starts a signing and acts once its call is in flight. */
async function disturb({ circumstance, step, actionName, name }: Case): Promise<Disturbed> {
  const environment = getEnvironment(circumstance);
  const signing = await environment.start({ name, documents: [{ source: 'file:contract.pdf' }] });
  const action: OperatorAction = OPERATOR_ACTIONS[actionName];
  await waitUntil(
    `${name}: the call is in flight`,
    () => countCalls(circumstance, step, name) >= (step === 'list' ? 2 : 1),
  );
  const pending = await findPending(signing.handle, ACTIVITIES[step]);
  const { handle, requestId } = signing;
  const { taskQueue } = environment;
  const activity = { handle, requestId, taskQueue, activityId: pending?.activityId ?? '' };
  await action.during(activity);
  return { signing, activity, action };
}

/** Waits until the signing is completed or asks a person; the customer signs as soon as possible. */
async function settle(
  { signing, activity, action }: Disturbed,
  circumstance: Circumstance,
): Promise<SigningStatus | undefined> {
  const { after } = action;
  if (after !== undefined) {
    const isRunning = () => hasAttempt(activity, isWorkerLost(circumstance));
    await waitUntil('the attempt has ended', async () => !(await isRunning()), PAUSE_MS);
    await actUnlessEnded(() => after(activity));
  }
  let status: SigningStatus | undefined;
  let hasSigned = false;
  await waitUntil(
    'the signing has settled',
    async () => {
      // The server may still send the query to the lost worker.
      status = await signing.status().catch(() => undefined);
      if (status === undefined) return false;
      if (status.state === 'awaiting-signature' && !hasSigned) {
        getEnvironment(circumstance).fake.sign(status.sessionId ?? 0);
        await sendCheckNow(signing.handle);
        hasSigned = true;
      }
      // A poll closes a question about polls; the worker's own comes after ten minutes.
      if (status.attention?.step === 'await-completion') await sendCheckNow(signing.handle);
      return status.state === 'completed' || isAskedForGood(status);
    },
    PAUSE_MS,
  );
  return status;
}

const isAskedForGood = ({ attention }: SigningStatus): boolean =>
  attention !== null && attention.step !== 'await-completion';

/** How often a call was made for the signing with this name. */
function countCalls(circumstance: Circumstance, call: Step, name: string): number {
  const { fake } = getEnvironment(circumstance);
  const sessions = fake.sessions().filter((session) => session.name === name);
  if (call === 'initiate') return sessions.length;
  return fake.ledger
    .entries()
    .filter((entry) => entry.call === call && sessions.some(({ id }) => id === entry.sessionId)).length;
}

/** Where no list can show what became of the call, a person is asked. */
function expectsAttention(circumstance: Circumstance, step: Step, actionName: OperatorActionName): boolean {
  if (step !== 'initiate') return false;
  return isWorkerLost(circumstance) || ['a failure by hand', 'reset of the workflow'].includes(actionName);
}

describe.each(CIRCUMSTANCE_NAMES)('An operator, %s,', (circumstance) => {
  describe.each(STEPS)('of the call %s', (step) => {
    it.each(listActions(circumstance, step))('does no harm by: %s', async (actionName) => {
      const name = nameCase(circumstance, step, actionName);
      const end = await ends.get(name);
      const made = (['initiate', 'attach', 'hand-over'] as const).map((call) =>
        countCalls(circumstance, call, name),
      );
      const asks = expectsAttention(circumstance, step, actionName);
      expect(end).toMatchObject(
        asks ? { state: 'needs-attention', attention: { step } } : { state: 'completed', attention: null },
      );
      expect(made).toEqual(asks ? [1, 0, 0] : [1, 1, 1]);
    });
  });
});
