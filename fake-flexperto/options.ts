import type { FakeFlexpertoOptions } from './types.js';

const VARIABLE_PREFIX = 'FAKE_FLEXPERTO_';

type Parser = (text: string, name: string) => FakeFlexpertoOptions;

const parsers: Readonly<Record<string, Parser>> = {
  PORT: (text, name) => ({ port: parseWholeNumber(text, name, 65_535) }),
  UPLOAD_PORT: (text, name) => ({ uploadPort: parseWholeNumber(text, name, 65_535) }),
  HOST: (host) => ({ host }),
  PUBLIC_UPLOAD_URL: (publicUploadUrl) => ({ publicUploadUrl }),
  API_KEY: (apiKey) => ({ apiKey }),
  UPLOAD_URL_SECONDS: (text, name) => ({ uploadUrlSeconds: parseWholeNumber(text, name, 86_400) }),
  ATTACH: (text, name) => ({ attach: parseChoice(text, name, ['POST', 'GET']) }),
  LIST: (text, name) => ({ list: parseChoice(text, name, ['true', 'false']) === 'true' }),
  HANDOVER: (handOver) => ({ handOver }),
};

/**
 * The options in `FAKE_FLEXPERTO_*`; an empty variable counts as unset. Ports default to 4010 and 4011.
 * Throws an error of one sentence for an invalid or misspelt variable.
 */
export function readOptions(env: NodeJS.ProcessEnv): FakeFlexpertoOptions {
  let options: FakeFlexpertoOptions = { port: 4010, uploadPort: 4011 };
  for (const [name, text = ''] of Object.entries(env)) {
    if (!name.startsWith(VARIABLE_PREFIX) || text === '') continue;
    const parse = parsers[name.slice(VARIABLE_PREFIX.length)];
    if (parse === undefined) throw new Error(`${name} is not a variable of the fake.`);
    options = { ...options, ...parse(text, name) };
  }
  return options;
}

function parseWholeNumber(text: string, name: string, max: number): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value <= max)) throw new Error(`${name} must be a whole number up to ${max}.`);
  return value;
}

function parseChoice<Value extends string>(text: string, name: string, values: readonly Value[]): Value {
  const value = values.find((known) => known === text);
  if (value === undefined) throw new Error(`${name} must be ${values.join(' or ')}.`);
  return value;
}
