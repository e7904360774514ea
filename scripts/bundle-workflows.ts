/**
 * Writes dist/workflow-bundle.js, the workflow code as the worker runs it: bundled ahead of time, so that a worker
 * starts quickly and every worker of a release runs the same code. Part of `npm run build`.
 */
import { renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';

const dist = path.resolve(__dirname, '..');
const target = path.join(dist, 'workflow-bundle.js');

async function main(): Promise<void> {
  const { code } = await bundleWorkflowCode({
    workflowsPath: path.join(dist, 'src', 'workflows', 'index.js'),
    logger: new DefaultLogger('WARN'),
  });
  // A worker that starts at this very moment reads the old bundle or the new one, never half of one.
  writeFileSync(`${target}.new`, code);
  renameSync(`${target}.new`, target);
}

void main();
