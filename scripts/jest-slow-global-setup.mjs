import installServers, { logFailure } from './jest-global-setup.mjs';

/** Also installs the other programs before the first test starts: building the Temporal server takes minutes. */
export default async function installServersAndPrograms() {
  await installServers();
  const { findPostgres } = await import('../dist/scripts/cluster/postgres-binaries.js');
  const { findTemporalBinaries } = await import('../dist/scripts/cluster/temporal-on-postgres.js');
  const { findPythonWithPackages, findSchemathesis } = await import('../dist/scripts/tools/python.js');
  const { findChromium } = await import('../dist/scripts/tools/chromium.js');
  await logFailure(findTemporalBinaries());
  await logFailure(findPostgres());
  await logFailure(findPythonWithPackages('test/callbacks/receiver/requirements.txt'));
  await logFailure(findSchemathesis());
  await logFailure(findChromium());
}
