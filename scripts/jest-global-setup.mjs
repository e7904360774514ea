import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { root } from './setup.mjs';

/** Gets Temporal's servers before the first test starts: a download takes longer than a test may. */
export default async function getServers() {
  if (!existsSync(resolve(root, 'dist/workflow-bundle.js')))
    throw new Error('Run npm run build before jest.');
  const { findTemporalCli, findTimeSkippingServer } = await import('../dist/scripts/temporal-programs.js');
  process.env.TEMPORAL_CLI_PATH = await orSay(findTemporalCli());
  await orSay(findTimeSkippingServer());
}

/** Says what is missing and goes on, so that the tests that do not need it still run. */
export async function orSay(path) {
  try {
    return await path;
  } catch (error) {
    console.error(error.message);
    return '';
  }
}
