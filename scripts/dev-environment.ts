import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseEnv } from 'node:util';

/** Where `npm run dev` writes; git ignores it. */
export const DEV_FOLDER = path.resolve(__dirname, '../../.demo');
const STATE_FILE = path.join(DEV_FOLDER, 'running.json');

/** Variables that say which servers to use. */
const CONFIGURATION_VARIABLE = /^(FLEXPERTO|SIGNING|TEMPORAL)_/;

/** What `npm run dev` tells the commands that are typed beside it. */
interface DevEnvironment {
  readonly pid: number;
  readonly variables: Readonly<Record<string, string>>;
}

/** Marks that the servers run, and how they are reached. Returns what takes the mark away again. */
export function writeDevEnvironment(variables: DevEnvironment['variables']): () => void {
  // The user's own file of Temporal profiles is meant for another installation too.
  const noProfiles = { TEMPORAL_CONFIG_FILE: path.join(DEV_FOLDER, 'no-temporal-profiles.toml') };
  const environment: DevEnvironment = { pid: process.pid, variables: { ...variables, ...noProfiles } };
  writeFileSync(STATE_FILE, JSON.stringify(environment, null, 2));
  return () => {
    rmSync(STATE_FILE, { force: true });
  };
}

/** The mark of the servers that run now; one whose process was killed does not count. */
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
 * While `npm run dev` runs, its servers are what the command line speaks to, whatever else is configured: what is tried
 * out beside it must not reach a real vendor. Says so where it replaces something.
 */
export function applyDevEnvironment(): void {
  const environment = readDevEnvironment();
  if (environment === undefined) return;
  const overridden = findConfiguredNames().filter(
    (name) => environment.variables[name] !== process.env[name],
  );
  // Empty counts as unset, and keeps the value in .env from being taken.
  for (const name of overridden) process.env[name] = '';
  Object.assign(process.env, environment.variables);
  if (overridden.length === 0) return;
  console.error(
    `npm run dev is running, so its servers are used and not what ${overridden.join(', ')} says.`,
  );
}

function findConfiguredNames(): string[] {
  const fromFile = existsSync('.env') ? parseEnv(readFileSync('.env', 'utf8')) : {};
  return Object.keys({ ...fromFile, ...process.env }).filter((name) => CONFIGURATION_VARIABLE.test(name));
}
