import path from 'node:path';
import { findOnPath, runCommand, withSignsOfLife } from '../commands.js';
import { onceAMachine } from '../machine-cache.js';

/** The version that the dev server of the pinned CLI carries, and docker-compose.yml runs. */
const VERSION = '1.29.1';
const PACKAGES = ['server', 'tools/sql'].map((name) => `go.temporal.io/server/cmd/${name}@v${VERSION}`);

/** The Temporal server itself, and the tool that brings its database schema. */
export interface TemporalBinaries {
  readonly server: string;
  readonly sqlTool: string;
}

/** Builds them with Go, once per machine. Throws one sentence where that is not possible. */
export async function findTemporalBinaries(env: NodeJS.ProcessEnv = process.env): Promise<TemporalBinaries> {
  const build = async (folder: string): Promise<void> => {
    const go = findOnPath('go', env);
    if (go === undefined) throw new Error('Go 1.25 or newer is not on PATH');
    await withSignsOfLife(
      `Building the Temporal server ${VERSION} with Go: about 3 to 5 minutes, once per machine.`,
      runCommand(go, ['install', ...PACKAGES], { env: { ...env, GOBIN: folder } }),
    );
  };
  const folder = await onceAMachine(`temporal-server-${VERSION}`, build, env).catch((error: unknown) => {
    throw new Error(`The Temporal server could not be built: ${String(error)}`, { cause: error });
  });
  return { server: path.join(folder, 'server'), sqlTool: path.join(folder, 'sql') };
}
