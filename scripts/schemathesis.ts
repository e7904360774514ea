import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { findOnPath, runCommand, withSignsOfLife } from './commands.js';
import { onceAMachine } from './machine-cache.js';

/** Python with the programs that test an API by its OpenAPI document. */
export interface Schemathesis {
  readonly python: string;
  /** Schemathesis itself, to be run by this Python. */
  readonly program: string;
}

/**
 * Schemathesis in the machine's cache, in the versions of test/gateway/schemathesis/requirements.txt; got once, by pip.
 * Throws one sentence when that is not possible.
 */
export async function findSchemathesis(env: NodeJS.ProcessEnv = process.env): Promise<Schemathesis> {
  const system = findOnPath('python3', env);
  if (system === undefined) throw new Error(notPossible('python3 is not on PATH'));
  const requirements = path.resolve(process.cwd(), 'test/gateway/schemathesis/requirements.txt');
  // Another Python cannot use what was installed for this one.
  const version = await runCommand(system, ['--version'], { env });
  const mark = createHash('sha256')
    .update(version)
    .update(readFileSync(requirements))
    .digest('hex')
    .slice(0, 16);
  const folder = await onceAMachine(
    `schemathesis-${mark}`,
    (target) => install(system, requirements, target, env),
    env,
  );
  return { python: path.join(folder, 'bin/python'), program: path.join(folder, 'bin/schemathesis') };
}

async function install(
  system: string,
  requirements: string,
  folder: string,
  env: NodeJS.ProcessEnv,
): Promise<void> {
  const install = async (): Promise<void> => {
    await runCommand(system, ['-m', 'venv', folder], { env });
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', requirements];
    await runCommand(path.join(folder, 'bin/python'), pip, { env });
  };
  try {
    await withSignsOfLife('Getting schemathesis with pip: about 30 seconds, once per machine.', install());
  } catch (error) {
    throw new Error(notPossible(`pip could not get it (${String(error)})`), { cause: error });
  }
}

function notPossible(why: string): string {
  return `Schemathesis, which tests the gateway, is missing: ${why}; install Python 3.10 or newer with venv and pip.`;
}
