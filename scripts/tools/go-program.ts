import { getErrorMessage } from '../../src/shared/errors.js';
import { findOnPath, runCommand, withProgressLog } from '../processes/commands.js';
import { getOrCreateCached } from './cache.js';

interface GoProgramSpec {
  /** Its name in messages. */
  readonly name: string;
  /** Its folder in the machine's cache. */
  readonly cache: string;
  /** With their versions, as `go install` takes them. */
  readonly packages: readonly string[];
}

/** Builds programs with Go, once per machine, and returns their folder. @throws Error with one sentence if that fails */
export async function buildGoProgram(
  { name, cache, packages }: GoProgramSpec,
  env: NodeJS.ProcessEnv = process.env,
): Promise<string> {
  const build = async (folder: string): Promise<void> => {
    const go = findOnPath('go', env);
    if (go === undefined) throw new Error('Go 1.26.8 or newer is not on PATH');
    await withProgressLog(
      `Building ${name} with Go: about 1 to 5 minutes, once per machine.`,
      runCommand(go, ['install', ...packages], { env: { ...env, GOBIN: folder } }),
    );
  };
  return getOrCreateCached(cache, build, env).catch((error: unknown) => {
    const why = getErrorMessage(error);
    throw new Error(`${name} could not be built: ${why}.`, { cause: error });
  });
}
