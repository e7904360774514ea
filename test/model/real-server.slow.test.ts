import { findCounterexample, REAL } from './check.js';
import { COMMON_BUGS, planted } from './planted-bugs.js';
import { RealServer } from './real-server.js';
import { objectionTo } from './rules/index.js';
import { bundledWorkflow } from './sandbox.js';
import { SMOOTH } from './schedule.js';

const SEED = 20_260_101;
/** As many as pass in half a minute on two busy cores; `npm run model -- --real` plays as many as one likes. */
const RUNS = 30;

const CODE = bundledWorkflow();

async function withServer<Result>(
  code: string,
  use: (server: RealServer) => Promise<Result>,
): Promise<Result> {
  const server = new RealServer(code);
  try {
    return await use(server);
  } finally {
    await server.stop();
  }
}

describe('The workflow on a real server, against a simulated vendor', () => {
  it('keeps every rule, whatever goes wrong and whoever interferes', async () => {
    const found = await withServer(CODE, (server) =>
      findCounterexample({
        play: (schedule) => server.play(schedule),
        bounds: REAL,
        runs: RUNS,
        seed: SEED,
        shrinkMs: 60_000,
      }),
    );
    expect(found?.report).toBeUndefined();
  }, 600_000);

  // An upload URL and the first look are asked for within a task of the session's own, which takes no message meanwhile.
  it.each([
    { call: 1, what: 'checkNow' },
    { call: 4, what: 'checkNow' },
    { call: 4, what: 'cancel' },
  ] as const)(
    'keeps every rule with $what during call $call',
    async ({ call, what }) => {
      const happenings = [{ call, moment: 'before-answer', laterMs: 0, happening: { what } }] as const;
      const played = await withServer(CODE, (server) => server.play({ ...SMOOTH, happenings }));
      expect(objectionTo(played)).toBeUndefined();
    },
    600_000,
  );

  it.each(COMMON_BUGS)(
    'breaks one, and is noticed, when $what',
    async (bug) => {
      const played = await withServer(planted(CODE, bug), (server) => server.play(bug.schedule));
      expect(objectionTo(played)).toMatch(bug.breaks);
    },
    600_000,
  );
});
