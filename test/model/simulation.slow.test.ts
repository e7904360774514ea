import { findCounterexample, SIMULATED } from './check.js';
import { ACTIVITIES } from './dependencies.js';
import { FOUND_BUGS } from './found-bugs.js';
import { BLIND_ACTIVITIES, COMMON_BUGS, HIDDEN_BUGS, planted } from './planted-bugs.js';
import { objectionTo } from './rules/index.js';
import { bundledWorkflow, Sandbox } from './sandbox.js';
import { SMOOTH } from './schedule.js';
import { simulate } from './simulate.js';
import { WAITING_BUGS } from './waiting-bugs.js';

const SEED = 20_260_101;
/** As many as pass in half a minute on two busy cores; `npm run model` plays as many as one likes. */
const RUNS = 2_000;
/** A bug that this many schedules do not show is as good as hidden. */
const RUNS_FOR_A_BUG = 1_500;

const CODE = bundledWorkflow();

async function withSandbox<Result>(
  code: string,
  use: (sandbox: Sandbox) => Promise<Result>,
): Promise<Result> {
  const sandbox = await Sandbox.load(code, ACTIVITIES);
  try {
    return await use(sandbox);
  } finally {
    await sandbox.destroy();
  }
}

/** What the rules say to arbitrary schedules of this code; `undefined` where they hold. */
function reportOn(code: string, runs: number, shrinkMs: number): Promise<string | undefined> {
  return withSandbox(code, async (sandbox) => {
    const found = await findCounterexample({
      play: (schedule) => simulate(schedule, sandbox),
      bounds: SIMULATED,
      runs,
      seed: SEED,
      shrinkMs,
    });
    return found?.report;
  });
}

describe('The workflow in its sandbox, on a simulated server and against a simulated vendor', () => {
  it('completes a signing in which nothing goes wrong', async () => {
    const deeds = [
      { afterMs: 1_000, deed: 'hand-over' as const, document: 0 },
      { afterMs: 1_000, deed: 'sign' as const, document: 0 },
    ];
    const played = await withSandbox(CODE, (sandbox) => simulate({ ...SMOOTH, deeds }, sandbox));
    expect(objectionTo(played)).toBeUndefined();
    expect(played.recording.events.at(-1)).toMatchObject({
      end: { how: 'result', status: { state: 'completed' } },
    });
  });

  it('keeps every rule, whatever goes wrong and whoever interferes', async () => {
    expect(await reportOn(CODE, RUNS, 60_000)).toBeUndefined();
  }, 300_000);

  it.each([...FOUND_BUGS, ...WAITING_BUGS])('keeps them where this was found once: $what', async (bug) => {
    const { schedule, breaks } = bug;
    const objection = (code: string): Promise<string | undefined> =>
      withSandbox(code, async (sandbox) => objectionTo(await simulate(schedule, sandbox)));
    expect(await objection(CODE)).toBeUndefined();
    expect(await objection(planted(CODE, bug))).toMatch(breaks);
  });
});

describe('The model', () => {
  it.each([...COMMON_BUGS, ...HIDDEN_BUGS])(
    'notices it when $what',
    async (bug) => {
      expect(await reportOn(planted(CODE, bug), RUNS_FOR_A_BUG, 0)).toMatch(bug.breaks);
    },
    300_000,
  );

  it('notices it when a second attempt makes its call again, which an operator has allowed', async () => {
    const { schedule, breaks } = BLIND_ACTIVITIES;
    const objection = (hidesAttempts: boolean): Promise<string | undefined> =>
      withSandbox(CODE, async (sandbox) => objectionTo(await simulate(schedule, sandbox, { hidesAttempts })));
    expect(await objection(false)).toBeUndefined();
    expect(await objection(true)).toMatch(breaks);
  });
});
