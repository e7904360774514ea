/** `npm run test-on-node -- 24 [PATTERN …]`: the tests on another supported version of Node. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { OTHER_NODE_VERSIONS, findNode } from './tools/node-versions.js';

async function main([version, ...patterns]: readonly string[]): Promise<void> {
  const major = OTHER_NODE_VERSIONS.find((known) => String(known) === version);
  if (major === undefined) throw new Error(`Name a version of Node: ${OTHER_NODE_VERSIONS.join(' or ')}.`);
  const node = await findNode(major);
  // Tests that start `node` by its name must get this version, too.
  const PATH = `${path.dirname(node)}${path.delimiter}${process.env['PATH'] ?? ''}`;
  const jest = path.resolve('node_modules/jest/bin/jest.js');
  const child = spawn(node, [jest, ...patterns], { stdio: 'inherit', env: { ...process.env, PATH } });
  const [code] = (await once(child, 'close')) as [number | null];
  process.exitCode = code ?? 1;
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
