/**
 * Bundles the workflows ahead of time, so that a worker starts fast and every worker of a release runs the same code. Part of
 * `npm run build`. It writes dist/workflow-bundle.js and, for workers with payload keys, dist/workflow-bundle-encrypting.js,
 * which encrypts the messages of failures: the sandbox cannot know whether its worker has keys.
 */
import { DefaultLogger, bundleWorkflowCode } from '@temporalio/worker';
import { renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { FAILURE_CONVERTER_PATH } from '../src/shared/encryption/index.js';

const dist = path.resolve(__dirname, '..');
const workflows = path.join(dist, 'src', 'workflows');

async function main(): Promise<void> {
  await bundle('workflow-bundle.js');
  await bundle('workflow-bundle-encrypting.js', { failureConverterPath: FAILURE_CONVERTER_PATH });
}

async function bundle(name: string, converter: { failureConverterPath?: string } = {}): Promise<void> {
  const target = path.join(dist, name);
  const { code } = await bundleWorkflowCode({
    workflowsPath: path.join(workflows, 'index.js'),
    workflowInterceptorModules: [path.join(workflows, 'interceptors.js')],
    logger: new DefaultLogger('WARN'),
    ...converter,
  });
  // A worker that starts at this moment reads the old bundle or the new one, never half of one.
  writeFileSync(`${target}.new`, code);
  renameSync(`${target}.new`, target);
}

void main();
