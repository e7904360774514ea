/**
 * Bundles the workflows ahead of time, so that a worker starts fast and every worker of a release runs the same code. Part of
 * `npm run build`. It writes dist/workflow-bundle.js and, for workers with payload keys, dist/workflow-bundle-encrypting.js,
 * which encrypts the messages of failures: the sandbox cannot know whether its worker has keys.
 */
import { type BundleOptions, DefaultLogger, bundleWorkflowCode } from '@temporalio/worker';
import { renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { FAILURE_CONVERTER_PATH } from '../src/shared/encryption/index.js';

const dist = path.resolve(__dirname, '..');
const root = path.dirname(dist);

async function main(): Promise<void> {
  // The SDK looks for the workflows from here.
  process.chdir(root);
  await bundle('workflow-bundle.js');
  await bundle('workflow-bundle-encrypting.js', { failureConverterPath: FAILURE_CONVERTER_PATH });
}

async function bundle(name: string, converter: { failureConverterPath?: string } = {}): Promise<void> {
  const target = path.join(dist, name);
  const { code } = await bundleWorkflowCode({
    workflowsPath: 'dist/src/workflows/index.js',
    workflowInterceptorModules: ['dist/src/workflows/interceptors.js'],
    webpackConfigHook: withRelativePaths(name),
    logger: new DefaultLogger('WARN'),
    ...converter,
  });
  // A worker that starts at this moment reads the old bundle or the new one, never half of one.
  writeFileSync(`${target}.new`, code);
  renameSync(`${target}.new`, target);
}

/** Keeps this folder out of the bundle and its source map, so that a commit gives the same bytes wherever it is built. */
function withRelativePaths(filename: string): NonNullable<BundleOptions['webpackConfigHook']> {
  return ({ resolve, output, ...config }) => ({
    ...config,
    context: root,
    resolve: { ...resolve, modules: [...(resolve?.modules ?? []), root] },
    output: { ...output, filename, devtoolModuleFilenameTemplate: relativeToDist },
  });
}

/** Also of a module that webpack leaves out, whose name only contains a path. */
function relativeToDist({ absoluteResourcePath }: { readonly absoluteResourcePath: string }): string {
  return absoluteResourcePath.replace(root, '..');
}

void main();
