import { REAL_SERVER_BOUNDS, findCounterexample } from './check.js';
import { COMMON_MUTANTS, applyMutant } from './mutants.js';
import { RealServer } from './real-server.js';
import { findViolation } from './rules/index.js';
import { readWorkflowBundle } from './sandbox.js';
import { FAULTLESS_SCHEDULE } from './schedule.js';

const SEED = 20_260_101;
/** The number for half a minute on two busy cores. `npm run model -- --real` runs any number. */
const RUNS = 30;

const BUNDLE = readWorkflowBundle();

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
  it('keeps every rule through every fault and message', async () => {
    const found = await withServer(BUNDLE, (server) =>
      findCounterexample({
        runSchedule: (schedule) => server.runSchedule(schedule),
        bounds: REAL_SERVER_BOUNDS,
        runs: RUNS,
        seed: SEED,
        shrinkMs: 60_000,
      }),
    );
    expect(found?.report).toBeUndefined();
  }, 600_000);

  // The upload URL and the first poll are local activities: the workflow task receives no message while they run.
  it.each([
    { call: 1, type: 'checkNow' },
    { call: 4, type: 'checkNow' },
    { call: 4, type: 'cancel' },
  ] as const)(
    'keeps every rule with $type during call $call',
    async ({ call, type }) => {
      const injections = [{ call, moment: 'before-answer', laterMs: 0, injection: { type } }] as const;
      const run = await withServer(BUNDLE, (server) =>
        server.runSchedule({ ...FAULTLESS_SCHEDULE, injections }),
      );
      expect(findViolation(run)).toBeUndefined();
    },
    600_000,
  );

  it.each(COMMON_MUTANTS)(
    'breaks one, and is noticed, when $what',
    async (bug) => {
      const run = await withServer(applyMutant(BUNDLE, bug), (server) => server.runSchedule(bug.schedule));
      expect(findViolation(run)).toMatch(bug.violates);
    },
    600_000,
  );
});
