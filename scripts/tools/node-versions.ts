import path from 'node:path';
import { isExecutable, withProgressLog } from '../processes/commands.js';
import { getOrCreateCached, installPinnedPackages, nameOfPinnedPackages } from './cache.js';

/** The supported major versions of Node beside the oldest one, which is used for development. */
export const OTHER_NODE_VERSIONS = [22, 24] as const;
export type OtherNodeVersion = (typeof OTHER_NODE_VERSIONS)[number];

/**
 * The program `node` of another supported version, from npm, kept in the machine's cache.
 * @throws Error with one sentence if npm cannot get it
 */
export async function findNode(
  major: OtherNodeVersion,
  env: NodeJS.ProcessEnv = process.env,
): Promise<string> {
  const folder = await getOrCreateCached(
    nameOfPinnedPackages('node'),
    (target) => installNodeVersions(target, env),
    env,
  );
  const name = `node-${major}-${process.platform}-${process.arch}`;
  const program = path.join(folder, 'node_modules', name, 'bin/node');
  if (!isExecutable(program))
    throw new Error(`npm has no ${name}: the tests of Node ${major} cannot run here.`);
  return program;
}

async function installNodeVersions(target: string, env: NodeJS.ProcessEnv): Promise<void> {
  try {
    await withProgressLog(
      `Getting Node ${OTHER_NODE_VERSIONS.join(' and ')} with npm: about 10 seconds, once per machine.`,
      installPinnedPackages('node', target, env),
    );
  } catch (error) {
    throw new Error(`npm could not get the other versions of Node (${String(error)}).`, { cause: error });
  }
}
