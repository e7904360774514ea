import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseEnv } from 'node:util';

/** Where `npm run dev` writes; git ignores it. */
export const DEV_FOLDER = path.resolve(__dirname, '../../.demo');
const FILE = path.join(DEV_FOLDER, 'running.json');

/** Variables that say which servers to use. */
const CONFIGURED = /^(FLEXPERTO|SIGNING|TEMPORAL)_/;

/** What `npm run dev` tells the commands that are typed beside it. */
interface DevMark {
  readonly pid: number;
  readonly variables: Readonly<Record<string, string>>;
}

/** Marks that the servers run, and how they are reached. Returns what takes the mark away again. */
export function markDevServers(variables: DevMark['variables']): () => void {
  // The user's own file of Temporal profiles is meant for another installation too.
  const noProfiles = { TEMPORAL_CONFIG_FILE: path.join(DEV_FOLDER, 'no-temporal-profiles.toml') };
  const mark: DevMark = { pid: process.pid, variables: { ...variables, ...noProfiles } };
  writeFileSync(FILE, JSON.stringify(mark, null, 2));
  return () => {
    rmSync(FILE, { force: true });
  };
}

/** The mark of the servers that run now; one whose process was killed does not count. */
export function findDevServers(): DevMark | undefined {
  if (!existsSync(FILE)) return undefined;
  try {
    const mark = JSON.parse(readFileSync(FILE, 'utf8')) as DevMark;
    process.kill(mark.pid, 0);
    return mark;
  } catch {
    return undefined;
  }
}

/**
 * While `npm run dev` runs, its servers are what the command line speaks to, whatever else is configured: what is tried
 * out beside it must not reach a real vendor. Says so where it replaces something.
 */
export function useDevServers(): void {
  const mark = findDevServers();
  if (mark === undefined) return;
  const others = configuredElsewhere().filter((name) => mark.variables[name] !== process.env[name]);
  // Empty counts as unset, and keeps the value in .env from being taken.
  for (const name of others) process.env[name] = '';
  Object.assign(process.env, mark.variables);
  if (others.length === 0) return;
  console.error(`npm run dev is running, so its servers are used and not what ${others.join(', ')} says.`);
}

function configuredElsewhere(): string[] {
  const fromFile = existsSync('.env') ? parseEnv(readFileSync('.env', 'utf8')) : {};
  return Object.keys({ ...fromFile, ...process.env }).filter((name) => CONFIGURED.test(name));
}
