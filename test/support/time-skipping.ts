import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { createTimeSkippingEnvironment } from '../../scripts/time-skipping-server.js';
import { addSearchAttributes } from '../../src/search-attributes.js';
import { createWorld, type World, type WorldOptions } from './world.js';

/** One time-skipping server for a test file, and for each test a world of its own that is closed after it. */
export function timeSkippingWorlds(): (options?: WorldOptions) => Promise<World> {
  let env: TestWorkflowEnvironment | undefined;
  let worlds: World[] = [];
  beforeAll(async () => {
    Runtime.install({ logger: new DefaultLogger('ERROR') });
    env = await createTimeSkippingEnvironment();
    await addSearchAttributes(env.nativeConnection, 'default');
  });
  afterEach(async () => {
    for (const world of worlds) await world.close();
    worlds = [];
  });
  afterAll(() => env?.teardown());
  return async (options) => {
    if (env === undefined) throw new Error('the server is not up');
    const world = await createWorld(env, options);
    worlds.push(world);
    return world;
  };
}
