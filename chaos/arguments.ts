import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';

export interface Arguments {
  readonly sessions: number;
  readonly seed: number;
}

const DEFAULT_SESSIONS = 200;
const MOST_SESSIONS = 9_999;
const SEEDS = 2 ** 31;

/** The command line; a seed of its own where none is given. Throws one sentence for what cannot be understood. */
export function readArguments(args: readonly string[]): Arguments {
  const options = { sessions: { type: 'string' }, seed: { type: 'string' } } as const;
  const { values } = parseArgs({ args: [...args], options });
  return {
    sessions: whole('--sessions', values.sessions, 1, MOST_SESSIONS) ?? DEFAULT_SESSIONS,
    seed: whole('--seed', values.seed, 0, SEEDS - 1) ?? randomInt(SEEDS),
  };
}

function whole(name: string, text: string | undefined, least: number, most: number): number | undefined {
  if (text === undefined) return undefined;
  const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= least && value <= most))
    throw new Error(`${name} must be a whole number from ${least} to ${most}, not ${text}.`);
  return value;
}
