import path from 'node:path';
import { isExecutable, withProgressLog } from '../processes/commands.js';
import { getOrCreateCached, installPinnedPackages } from './cache.js';

/** The supported major versions of Node beside the first, on which development goes on. */
export const OTHER_NODE_VERSIONS = [22, 24] as const;
export type OtherNodeVersion = (typeof OTHER_NODE_VERSIONS)[number];

/** To be raised with the versions in scripts/tools/packages/node/package.json. */
const CACHE_VERSION = 1;

/**
 * The program `node` of another supported version, which comes as an npm package and is kept in the machine's cache. Throws
 * one sentence where it cannot be had.
 */
export async function findNode(
  major: OtherNodeVersion,
  env: NodeJS.ProcessEnv = process.env,
): Promise<string> {
  const folder = await getOrCreateCached(
    `node-versions-${CACHE_VERSION}`,
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
      `Getting Node ${OTHER_NODE_VERSIONS.join(' and ')} with npm: some 10 seconds, once per machine.`,
      installPinnedPackages('node', target, env),
    );
  } catch (error) {
    throw new Error(`npm could not get the other versions of Node (${String(error)}).`, { cause: error });
  }
}
