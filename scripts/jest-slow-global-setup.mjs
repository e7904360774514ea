import getServers, { orSay } from './jest-global-setup.mjs';

/** Gets the programs of others as well, before the first test starts: building the Temporal server takes minutes. */
export default async function getServersAndPrograms() {
  await getServers();
  const { findPostgres } = await import('../dist/scripts/cluster/postgres-binaries.js');
  const { findTemporalBinaries } = await import('../dist/scripts/cluster/temporal-binaries.js');
  const { findSchemathesis } = await import('../dist/scripts/schemathesis.js');
  const { findPythonWith } = await import('../dist/scripts/python-environment.js');
  const { findChromium } = await import('../dist/scripts/chromium.js');
  await orSay(findTemporalBinaries());
  await orSay(findPostgres());
  await orSay(findPythonWith('test/callbacks/receiver/requirements.txt'));
  await orSay(findSchemathesis());
  await orSay(findChromium());
}
