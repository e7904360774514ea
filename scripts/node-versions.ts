import path from 'node:path';
import { isExecutable, withSignsOfLife } from './commands.js';
import { onceAMachine } from './machine-cache.js';
import { installPinned } from './pinned-packages.js';

/** The supported major versions of Node beside the first, on which development goes on. */
export const OTHER_NODES = [22, 24] as const;
export type OtherNode = (typeof OTHER_NODES)[number];

/** To be raised with the versions in test/node/package.json. */
const EDITION = 1;

/**
 * The program `node` of another supported version, which comes as an npm package and is kept in the machine's cache. Throws
 * one sentence where it cannot be had.
 */
export async function nodeProgram(major: OtherNode, env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const folder = await onceAMachine(`node-versions-${EDITION}`, (target) => obtain(target, env), env);
  const name = `node-${major}-${process.platform}-${process.arch}`;
  const program = path.join(folder, 'node_modules', name, 'bin/node');
  if (!isExecutable(program))
    throw new Error(`npm has no ${name}: the tests of Node ${major} cannot run here.`);
  return program;
}

async function obtain(target: string, env: NodeJS.ProcessEnv): Promise<void> {
  try {
    await withSignsOfLife(
      `Getting Node ${OTHER_NODES.join(' and ')} with npm: some 10 seconds, once per machine.`,
      installPinned('node', target, env),
    );
  } catch (error) {
    throw new Error(`npm could not get the other versions of Node (${String(error)}).`, { cause: error });
  }
}
