import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { root } from './setup.mjs';

/** Downloads Temporal's servers before the first test starts, since a download can exceed a test's time limit. */
export default async function installServers() {
  if (!existsSync(resolve(root, 'dist/workflow-bundle.js')))
    throw new Error('Run npm run build before jest.');
  const { findTemporalCli, findTimeSkippingServer } = await import('../dist/scripts/tools/temporal.js');
  process.env.TEMPORAL_CLI_PATH = await logFailure(findTemporalCli());
  await logFailure(findTimeSkippingServer());
}

/** Prints what is missing and continues, so that tests that do not need it still run. */
export async function logFailure(path) {
  try {
    return await path;
  } catch (error) {
    console.error(error.message);
    return '';
  }
}
