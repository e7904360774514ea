import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { createTimeSkippingEnvironment, canSkipTime } from '../../scripts/processes/time-skipping-server.js';
import { addSearchAttributes } from '../../src/worker/search-attributes.js';
import {
  createTestEnvironment,
  type TestEnvironment,
  type TestEnvironmentOptions,
} from './test-environment.js';

/**
 * A world for each test, closed after it, on a time-skipping server that serves the tests of a file in turn. A session
 * with whose end the server stopped skipping time takes the server with it.
 */
export function useTimeSkippingEnvironments(): (
  options?: TestEnvironmentOptions,
) => Promise<TestEnvironment> {
  let env: TestWorkflowEnvironment | undefined;
  let worlds: TestEnvironment[] = [];
  const stopServer = async (): Promise<void> => {
    await env?.teardown();
    env = undefined;
  };
  beforeAll(() => {
    Runtime.install({ logger: new DefaultLogger('ERROR') });
  });
  afterEach(async () => {
    for (const world of worlds) await world.close();
    worlds = [];
    if (env !== undefined && !(await canSkipTime(env))) await stopServer();
  });
  afterAll(stopServer);
  return async (options) => {
    env ??= await startServer();
    const world = await createTestEnvironment(env, options);
    worlds.push(world);
    return world;
  };
}

async function startServer(): Promise<TestWorkflowEnvironment> {
  const env = await createTimeSkippingEnvironment();
  await addSearchAttributes(env.nativeConnection, 'default');
  return env;
}
