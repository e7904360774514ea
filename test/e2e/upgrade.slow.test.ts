import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { waitUntil } from '../support/async-helpers.js';
import { type RealEnvironment, useRealEnvironments } from '../support/real-environment.js';
import type { Signing } from '../support/signing.js';
import { type TemporalCommand, createTemporalCommand } from '../support/temporal-command.js';

/** A later release of the worker: this one with another workflow. */
interface Release {
  /** The worker's program. */
  readonly worker: string;
  remove(): void;
}

/** Creates a release from this one, with one change of the workflow code. */
function createLaterRelease(before: string, after: string): Release {
  // Below dist/, where Node finds the packages.
  const folder = mkdtempSync(resolve('dist/later-release-'));
  cpSync(resolve('dist/src'), join(folder, 'src'), { recursive: true });
  const code = readFileSync(resolve('dist/workflow-bundle.js'), 'utf8');
  const edited = code.replace(before, after);
  if (edited === code) throw new Error(`The workflow code lacks "${before}".`);
  writeFileSync(join(folder, 'workflow-bundle.js'), edited);
  return {
    worker: join(folder, 'src/worker.js'),
    remove: () => {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Where a later release waits a moment before it polls the documents. */
const INSERTION_POINT = 'async function waitForChange(wait, pollImmediately) {';
const SLEEP = "await (0, workflow_1.sleep)('1 millisecond', { summary: 'A moment' });";

const createEnvironment = useRealEnvironments();
let patched: Release;
let unpatched: Release;

beforeAll(() => {
  patched = createLaterRelease(
    INSERTION_POINT,
    `${INSERTION_POINT} if ((0, workflow_1.patched)('wait-a-moment-first')) ${SLEEP}`,
  );
  unpatched = createLaterRelease(INSERTION_POINT, `${INSERTION_POINT} ${SLEEP}`);
});

afterAll(() => {
  patched.remove();
  unpatched.remove();
});

/** A signing that waits for its hand-over, started under this release, whose worker has stopped since. */
async function startWaitingSigning(environment: RealEnvironment): Promise<Signing> {
  const worker = await environment.startWorker();
  const signing = await environment.start();
  await signing.untilState('awaiting-handover');
  worker.kill('SIGTERM');
  await worker.exited;
  return signing;
}

type Event = NonNullable<Awaited<ReturnType<Signing['handle']['fetchHistory']>>['events']>[number];

async function eventsOf({ handle }: Signing): Promise<readonly Event[]> {
  return (await handle.fetchHistory()).events ?? [];
}

/** The marker in which the SDK records a patch. */
const PATCH = 'core_patch';

const usesPatch = (events: readonly Event[]): boolean =>
  events.some(({ markerRecordedEventAttributes }) => markerRecordedEventAttributes?.markerName === PATCH);

describe('A change of the workflow, behind patched()', () => {
  it('meets a waiting signing, which goes on with the new code', async () => {
    const environment = await createEnvironment();
    const signing = await startWaitingSigning(environment);
    await environment.startWorker({}, patched.worker);
    await signing.signAll();
    expect((await signing.result()).state).toBe('completed');
    const events = await eventsOf(signing);
    expect(usesPatch(events)).toBe(true);
    expect(
      events.filter(({ workflowTaskFailedEventAttributes }) => workflowTaskFailedEventAttributes),
    ).toEqual([]);
  }, 90_000);

  it('runs beside the old release on the same queue: every signing completes', async () => {
    const environment = await createEnvironment();
    await environment.startWorker();
    await environment.startWorker({}, patched.worker);
    const signings = await Promise.all(Array.from({ length: 6 }, () => environment.start()));
    const ends = await Promise.all(
      signings.map(async (signing) => {
        await signing.untilState('awaiting-handover');
        await signing.signAll();
        return (await signing.result()).state;
      }),
    );
    expect(ends).toEqual(signings.map(() => 'completed'));
    expect(environment.fake.ledger.effects('session-initiated')).toHaveLength(signings.length);
  }, 120_000);
});

describe('The same change without patched()', () => {
  it('blocks a waiting signing, which goes on as soon as the old release is back', async () => {
    const environment = await createEnvironment();
    const signing = await startWaitingSigning(environment);
    const wrong = await environment.startWorker({}, unpatched.worker);
    await signing.handle.signal('checkNow');
    await waitUntil('the history is refused', async () =>
      (await eventsOf(signing)).some(
        ({ workflowTaskFailedEventAttributes: failed }) =>
          failed?.failure?.message?.includes('TMPRL1100') === true,
      ),
    );
    wrong.kill('SIGKILL');
    await wrong.exited;
    await environment.startWorker();
    await signing.signAll();
    expect((await signing.result()).state).toBe('completed');
    expect(environment.fake.ledger.effects('session-initiated')).toHaveLength(1);
  }, 120_000);
});

/** Repeats it until the server knows the build, which its worker announces with its first poll. */
function setCurrentVersion(temporal: TemporalCommand, deployment: string, build: string): Promise<unknown> {
  const names = ['--deployment-name', deployment, '--build-id', build];
  return waitUntil(`build ${build} is current`, () =>
    temporal('worker', 'deployment', 'set-current-version', '--yes', ...names).then(
      () => true,
      () => false,
    ),
  );
}

describe('With worker versions', () => {
  it('a waiting signing moves to the current build, and nothing runs on other builds', async () => {
    const environment = await createEnvironment();
    const temporal = await createTemporalCommand(environment);
    const makeCurrent = (build: string) => setCurrentVersion(temporal, environment.taskQueue, build);
    await environment.startWorker({ SIGNING_BUILD_ID: '1.0' });
    await makeCurrent('1.0');
    const signing = await environment.start();
    await signing.untilState('awaiting-handover');

    await environment.startWorker({ SIGNING_BUILD_ID: '2.0' }, patched.worker);
    environment.fake.handOver((await signing.status()).sessionId ?? 0);
    await signing.handle.signal('checkNow');
    await signing.untilState('awaiting-signature');
    expect(usesPatch(await eventsOf(signing))).toBe(false);

    await makeCurrent('2.0');
    // The server updates its task queues after its response; until then the signing goes on with the old build.
    await waitUntil('the signing goes on with the new build', async () => {
      await signing.handle.signal('checkNow');
      return usesPatch(await eventsOf(signing));
    });
    await signing.signAll();
    expect((await signing.result()).state).toBe('completed');
  }, 120_000);

  it('a worker takes deployment and build from the variables that Temporal’s Worker Controller sets', async () => {
    const environment = await createEnvironment();
    const temporal = await createTemporalCommand(environment);
    const version = {
      TEMPORAL_DEPLOYMENT_NAME: 'bank/signing-worker',
      TEMPORAL_WORKER_BUILD_ID: '0.2.0-6bd4',
    };
    await environment.startWorker(version);
    await setCurrentVersion(temporal, version.TEMPORAL_DEPLOYMENT_NAME, version.TEMPORAL_WORKER_BUILD_ID);
    const signing = await environment.start();
    await signing.untilState('awaiting-handover');
    const described = await signing.handle.describe();
    expect(described.raw.workflowExecutionInfo?.versioningInfo?.deploymentVersion).toMatchObject({
      deploymentName: version.TEMPORAL_DEPLOYMENT_NAME,
      buildId: version.TEMPORAL_WORKER_BUILD_ID,
    });
  }, 90_000);
});
