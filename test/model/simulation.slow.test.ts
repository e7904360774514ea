import { findCounterexample, SIMULATED_BOUNDS } from './check.js';
import { ACTIVITY_NAMES } from './activities.js';
import { REGRESSION_MUTANTS } from './regression-mutants.js';
import { ATTEMPT_BLIND_MUTANT, COMMON_MUTANTS, SUBTLE_MUTANTS, applyMutant } from './mutants.js';
import { findViolation } from './rules/index.js';
import { readWorkflowBundle, Sandbox } from './sandbox.js';
import { FAULTLESS_SCHEDULE } from './schedule.js';
import { runSimulation } from './simulate.js';
import { POLLING_MUTANTS } from './polling-mutants.js';

const SEED = 20_260_101;
/** As many as pass in half a minute on two busy cores; `npm run model` plays as many as one likes. */
const RUNS = 2_000;
/** A bug that this many schedules do not show is as good as hidden. */
const RUNS_PER_MUTANT = 1_500;

const BUNDLE = readWorkflowBundle();

async function withSandbox<Result>(
  code: string,
  use: (sandbox: Sandbox) => Promise<Result>,
): Promise<Result> {
  const sandbox = await Sandbox.load(code, ACTIVITY_NAMES);
  try {
    return await use(sandbox);
  } finally {
    await sandbox.destroy();
  }
}

/** What the rules say to arbitrary schedules of this code; `undefined` where they hold. */
function checkBundle(code: string, runs: number, shrinkMs: number): Promise<string | undefined> {
  return withSandbox(code, async (sandbox) => {
    const found = await findCounterexample({
      runSchedule: (schedule) => runSimulation(schedule, sandbox),
      bounds: SIMULATED_BOUNDS,
      runs,
      seed: SEED,
      shrinkMs,
    });
    return found?.report;
  });
}

describe('The workflow in its sandbox, on a simulated server and against a simulated vendor', () => {
  it('completes a signing in which nothing goes wrong', async () => {
    const personActions = [
      { afterMs: 1_000, deed: 'hand-over' as const, document: 0 },
      { afterMs: 1_000, deed: 'sign' as const, document: 0 },
    ];
    const played = await withSandbox(BUNDLE, (sandbox) =>
      runSimulation({ ...FAULTLESS_SCHEDULE, personActions }, sandbox),
    );
    expect(findViolation(played)).toBeUndefined();
    expect(played.recording.events.at(-1)).toMatchObject({
      end: { how: 'result', status: { state: 'completed' } },
    });
  });

  it('keeps every rule, whatever goes wrong and whoever interferes', async () => {
    expect(await checkBundle(BUNDLE, RUNS, 60_000)).toBeUndefined();
  }, 300_000);

  it.each([...REGRESSION_MUTANTS, ...POLLING_MUTANTS])(
    'keeps them where this was found once: $what',
    async (bug) => {
      const { schedule, violates } = bug;
      const objection = (code: string): Promise<string | undefined> =>
        withSandbox(code, async (sandbox) => findViolation(await runSimulation(schedule, sandbox)));
      expect(await objection(BUNDLE)).toBeUndefined();
      expect(await objection(applyMutant(BUNDLE, bug))).toMatch(violates);
    },
  );
});

describe('The model', () => {
  it.each([...COMMON_MUTANTS, ...SUBTLE_MUTANTS])(
    'notices it when $what',
    async (bug) => {
      expect(await checkBundle(applyMutant(BUNDLE, bug), RUNS_PER_MUTANT, 0)).toMatch(bug.violates);
    },
    300_000,
  );

  it('notices it when a second attempt makes its call again, which an operator has allowed', async () => {
    const { schedule, violates } = ATTEMPT_BLIND_MUTANT;
    const objection = (alwaysFirstAttempt: boolean): Promise<string | undefined> =>
      withSandbox(BUNDLE, async (sandbox) =>
        findViolation(await runSimulation(schedule, sandbox, { alwaysFirstAttempt })),
      );
    expect(await objection(false)).toBeUndefined();
    expect(await objection(true)).toMatch(violates);
  });
});
