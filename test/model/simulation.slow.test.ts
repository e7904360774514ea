import { ACTIVITY_NAMES } from './activities.js';
import { SIMULATED_BOUNDS, findCounterexample } from './check.js';
import {
  ATTEMPT_BLIND_MUTANT,
  COMMON_MUTANTS,
  RETRYING_POLICY,
  SUBTLE_MUTANTS,
  applyMutant,
} from './mutants.js';
import { POLLING_MUTANTS } from './polling-mutants.js';
import { REGRESSION_MUTANTS } from './regression-mutants.js';
import { findViolation } from './rules/index.js';
import { Sandbox, readWorkflowBundle } from './sandbox.js';
import { FAULTLESS_SCHEDULE } from './schedule.js';
import { runSimulation } from './simulate.js';

const SEED = 20_260_101;
/** About half a minute on two busy cores; `npm run model` takes any number. */
const RUNS = 2_000;
/** A bug counts as hidden when this many schedules do not show it. */
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

/** Checks the rules with arbitrary schedules; `undefined` where they hold. */
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
  it('completes a signing without faults', async () => {
    const personActions = [
      { afterMs: 1_000, action: 'hand-over' as const, document: 0 },
      { afterMs: 1_000, action: 'sign' as const, document: 0 },
    ];
    const run = await withSandbox(BUNDLE, (sandbox) =>
      runSimulation({ ...FAULTLESS_SCHEDULE, personActions }, sandbox),
    );
    expect(findViolation(run)).toBeUndefined();
    expect(run.recording.events.at(-1)).toMatchObject({
      end: { how: 'result', status: { state: 'completed' } },
    });
  });

  it('keeps every rule under all faults and injections', async () => {
    expect(await checkBundle(BUNDLE, RUNS, 60_000)).toBeUndefined();
  }, 300_000);

  it.each([...REGRESSION_MUTANTS, ...POLLING_MUTANTS])(
    'keeps the rules where this bug was found: $what',
    async (mutant) => {
      const { schedule, violates } = mutant;
      const findViolationIn = (code: string): Promise<string | undefined> =>
        withSandbox(code, async (sandbox) => findViolation(await runSimulation(schedule, sandbox)));
      expect(await findViolationIn(BUNDLE)).toBeUndefined();
      expect(await findViolationIn(applyMutant(BUNDLE, mutant))).toMatch(violates);
    },
  );
});

describe('The model', () => {
  it.each([...COMMON_MUTANTS, ...SUBTLE_MUTANTS])(
    'notices it when $what',
    async (mutant) => {
      expect(await checkBundle(applyMutant(BUNDLE, mutant), RUNS_PER_MUTANT, 0)).toMatch(mutant.violates);
    },
    300_000,
  );

  it('notices it when a second attempt, which an operator has allowed, makes its call again', async () => {
    const { schedule, violates } = ATTEMPT_BLIND_MUTANT;
    const retrying = applyMutant(BUNDLE, RETRYING_POLICY);
    const findViolationIn = (alwaysFirstAttempt: boolean): Promise<string | undefined> =>
      withSandbox(retrying, async (sandbox) =>
        findViolation(await runSimulation(schedule, sandbox, { alwaysFirstAttempt })),
      );
    expect(await findViolationIn(false)).toBeUndefined();
    expect(await findViolationIn(true)).toMatch(violates);
  });
});
