/**
 * `node scripts/run.mjs src/worker …`: installs and builds what is missing or stale, then runs dist/src/worker.js
 * in the same process, so that signals, exit code and stdin reach the program directly.
 */
import Module from 'node:module';
import { resolve } from 'node:path';
import { build } from './build.mjs';
import { exitWithError, root } from './setup.mjs';

const [node, , entry, ...args] = process.argv;

await build().catch(exitWithError);
if (entry === 'src/cli') (await import('../dist/scripts/dev-environment.js')).applyDevEnvironment();
process.setSourceMapsEnabled(true);
process.argv = [node, resolve(root, 'dist', `${entry}.js`), ...args];
Module.runMain();
