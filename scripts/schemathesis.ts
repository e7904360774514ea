import path from 'node:path';
import { findPythonWith } from './python-environment.js';

/** Python with the programs that test an API by its OpenAPI document. */
export interface Schemathesis {
  readonly python: string;
  /** Schemathesis itself, to be run by this Python. */
  readonly program: string;
}

/** In the versions of test/gateway/schemathesis/requirements.txt. Throws one sentence when it cannot be had. */
export async function findSchemathesis(env: NodeJS.ProcessEnv = process.env): Promise<Schemathesis> {
  const python = await findPythonWith('test/gateway/schemathesis/requirements.txt', env);
  return { python, program: path.join(path.dirname(python), 'schemathesis') };
}
