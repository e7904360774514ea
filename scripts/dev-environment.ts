import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseEnv } from 'node:util';

/** The folder of `npm run dev`; git ignores it. */
export const DEV_FOLDER = path.resolve(__dirname, '../../.demo');
const STATE_FILE = path.join(DEV_FOLDER, 'running.json');

/** The variables that choose the servers. */
const CONFIGURATION_VARIABLE = /^(FLEXPERTO|SIGNING|TEMPORAL)_/;

/** The state file of `npm run dev`, for commands in other terminals. */
interface DevEnvironment {
  readonly pid: number;
  readonly variables: Readonly<Record<string, string>>;
}

/** Writes the state file, with the variables that reach the servers. Returns a function that removes it. */
export function writeDevEnvironment(variables: DevEnvironment['variables']): () => void {
  // The user's Temporal profiles belong to another installation.
  const noProfiles = { TEMPORAL_CONFIG_FILE: path.join(DEV_FOLDER, 'no-temporal-profiles.toml') };
  const environment: DevEnvironment = { pid: process.pid, variables: { ...variables, ...noProfiles } };
  writeFileSync(STATE_FILE, JSON.stringify(environment, null, 2));
  return () => {
    rmSync(STATE_FILE, { force: true });
  };
}

/** The state file, unless there is none or its process is gone. */
export function readDevEnvironment(): DevEnvironment | undefined {
  if (!existsSync(STATE_FILE)) return undefined;
  try {
    const environment = JSON.parse(readFileSync(STATE_FILE, 'utf8')) as DevEnvironment;
    process.kill(environment.pid, 0);
    return environment;
  } catch {
    return undefined;
  }
}

/**
 * While `npm run dev` runs, the CLI uses its servers despite any other configuration, so that a trial never reaches a real
 * vendor. Prints which variables it replaces.
 */
export function applyDevEnvironment(): void {
  const environment = readDevEnvironment();
  if (environment === undefined) return;
  const overridden = findConfiguredNames().filter(
    (name) => environment.variables[name] !== process.env[name],
  );
  // Empty counts as unset, and takes precedence over .env.
  for (const name of overridden) process.env[name] = '';
  Object.assign(process.env, environment.variables);
  if (overridden.length === 0) return;
  console.error(
    `npm run dev is running: its servers are used instead of the values of ${overridden.join(', ')}.`,
  );
}

function findConfiguredNames(): string[] {
  const fromFile = existsSync('.env') ? parseEnv(readFileSync('.env', 'utf8')) : {};
  return Object.keys({ ...fromFile, ...process.env }).filter((name) => CONFIGURATION_VARIABLE.test(name));
}
