import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { findOnPath, runCommand, withProgressLog } from '../processes/commands.js';
import { getOrCreateCached } from './cache.js';

/** Python with the programs that test an API by its OpenAPI document. */
export interface Schemathesis {
  readonly python: string;
  /** The program of Schemathesis. */
  readonly program: string;
}

/** In the versions of test/gateway/schemathesis/requirements.txt. @throws Error with one sentence if pip cannot get them */
export async function findSchemathesis(env: NodeJS.ProcessEnv = process.env): Promise<Schemathesis> {
  const python = await findPythonWithPackages('test/gateway/schemathesis/requirements.txt', env);
  return { python, program: path.join(path.dirname(python), 'schemathesis') };
}

/**
 * A Python with the packages of a requirements file, from venv and pip, kept in the machine's cache until the file or the
 * machine's Python changes. @throws Error with one sentence if that fails
 */
export async function findPythonWithPackages(
  requirements: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<string> {
  const system = findOnPath('python3', env);
  if (system === undefined) throw new Error(unavailableMessage(requirements, 'python3 is not on PATH'));
  const file = path.resolve(requirements);
  // Installed packages work with one version of Python alone.
  const version = await runCommand(system, ['--version'], { env });
  const hash = createHash('sha256').update(version).update(readFileSync(file)).digest('hex').slice(0, 16);
  const folder = await getOrCreateCached(
    `python-${hash}`,
    (target) => installPackages(system, file, target, env),
    env,
  );
  return path.join(folder, 'bin/python');
}

async function installPackages(
  system: string,
  file: string,
  folder: string,
  env: NodeJS.ProcessEnv,
): Promise<void> {
  const packages = path.relative(process.cwd(), file);
  const work = async (): Promise<void> => {
    await runCommand(system, ['-m', 'venv', folder], { env });
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', file];
    await runCommand(path.join(folder, 'bin/python'), pip, { env });
  };
  try {
    await withProgressLog(
      `Getting the Python packages of ${packages}: about 20 seconds, once per machine.`,
      work(),
    );
  } catch (error) {
    throw new Error(unavailableMessage(packages, `pip could not get them (${String(error)})`), {
      cause: error,
    });
  }
}

function unavailableMessage(requirements: string, why: string): string {
  return `The Python packages of ${requirements} are missing: ${why}; install Python 3.9 or newer with venv and pip.`;
}
