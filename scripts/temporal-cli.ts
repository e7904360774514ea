import path from 'node:path';
import { findOnPath, isExecutable, runCommand, withSignsOfLife } from './commands.js';
import { downloadWithSdk } from './download-with-sdk.js';
import { onceAMachine } from './machine-cache.js';

/** The last version that `go install` accepts: from 1.6.0 on go.mod has a `replace`. Carries server 1.29.1. */
const VERSION = '1.5.1';
const GO_PACKAGE = `github.com/temporalio/cli/cmd/temporal@v${VERSION}`;

/** Go fetches the toolchain a module asks for (1.25 here) by itself since this version. */
const GO_FETCHES_TOOLCHAINS = [1, 21] as const;

/**
 * The path of a Temporal CLI, looked for in this order: TEMPORAL_CLI_PATH, `temporal` on PATH, the SDK's own download,
 * `go install` of the pinned version. The last two are kept in the machine's cache and done once.
 * Throws one sentence that says what to do when nothing works, or when TEMPORAL_CLI_PATH names nothing executable.
 */
export async function findTemporalCli(env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const named = env['TEMPORAL_CLI_PATH'] ?? '';
  if (named !== '') return executableOf(named);
  return findOnPath('temporal', env) ?? (await fromCache(env));
}

function executableOf(named: string): string {
  if (isExecutable(named)) return named;
  throw new Error(`TEMPORAL_CLI_PATH names "${named}", which is not an executable file.`);
}

async function fromCache(env: NodeJS.ProcessEnv): Promise<string> {
  const folder = await onceAMachine(`temporal-cli-${VERSION}`, (target) => obtain(target, env), env);
  return path.join(folder, 'temporal');
}

async function obtain(folder: string, env: NodeJS.ProcessEnv): Promise<void> {
  try {
    await downloadWithSdk('cli', `v${VERSION}`, path.join(folder, 'temporal'));
  } catch {
    await buildWithGo(folder, env);
  }
}

async function buildWithGo(folder: string, env: NodeJS.ProcessEnv): Promise<void> {
  const go = findOnPath('go', env);
  if (go === undefined || !(await isRecentEnough(go, env))) {
    throw new Error(notPossible('Go 1.25 or newer, with which it could be built, is not on PATH'));
  }
  try {
    await withSignsOfLife(
      `Building the Temporal CLI ${VERSION} with Go: about 3 to 5 minutes, once per machine.`,
      runCommand(go, ['install', GO_PACKAGE], { env: { ...env, GOBIN: folder } }),
    );
  } catch (error) {
    throw new Error(notPossible(`"go install" failed (${String(error)})`), { cause: error });
  }
}

async function isRecentEnough(go: string, env: NodeJS.ProcessEnv): Promise<boolean> {
  const [, major, minor] = /go(\d+)\.(\d+)/.exec(await runCommand(go, ['version'], { env })) ?? [];
  const [neededMajor, neededMinor] = GO_FETCHES_TOOLCHAINS;
  return Number(major) > neededMajor || (Number(major) === neededMajor && Number(minor) >= neededMinor);
}

function notPossible(why: string): string {
  return (
    `No Temporal server was found: the SDK's download is not possible here and ${why}; ` +
    'install the Temporal CLI and put it on PATH or name it in TEMPORAL_CLI_PATH.'
  );
}
