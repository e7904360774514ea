import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { root } from './setup.mjs';

/**
 * Gets the servers and programs that tests start before the first one runs: building one takes minutes, which no test's
 * time limit allows for. Where one cannot be had it says so and goes on, so that the tests that need none still tell something.
 */
export default async function prepareServers() {
  if (!existsSync(resolve(root, 'dist/workflow-bundle.js')))
    throw new Error('Run npm run build before jest.');
  const { findTemporalCli } = await import('../dist/scripts/temporal-programs.js');
  const { findPostgres } = await import('../dist/scripts/cluster/postgres-binaries.js');
  const { findTemporalBinaries } = await import('../dist/scripts/cluster/temporal-binaries.js');
  const { findTimeSkippingServer } = await import('../dist/scripts/temporal-programs.js');
  const { findSchemathesis } = await import('../dist/scripts/schemathesis.js');
  const { findPythonWith } = await import('../dist/scripts/python-environment.js');
  const { findChromium } = await import('../dist/scripts/chromium.js');
  process.env.TEMPORAL_CLI_PATH = await orSay(findTemporalCli());
  await orSay(findTimeSkippingServer());
  await orSay(findTemporalBinaries());
  await orSay(findPostgres());
  await orSay(findPythonWith('test/callbacks/receiver/requirements.txt'));
  await orSay(findSchemathesis());
  await orSay(findChromium());
}

async function orSay(path) {
  try {
    return await path;
  } catch (error) {
    console.error(error.message);
    return '';
  }
}
