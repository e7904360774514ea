import type { FakeFlexpertoOptions } from './types.js';

const PREFIX = 'FAKE_FLEXPERTO_';

type Reader = (text: string, name: string) => FakeFlexpertoOptions;

const readers: Readonly<Record<string, Reader>> = {
  PORT: (text, name) => ({ port: whole(text, name, 65_535) }),
  UPLOAD_PORT: (text, name) => ({ uploadPort: whole(text, name, 65_535) }),
  HOST: (host) => ({ host }),
  PUBLIC_UPLOAD_URL: (publicUploadUrl) => ({ publicUploadUrl }),
  API_KEY: (apiKey) => ({ apiKey }),
  UPLOAD_URL_SECONDS: (text, name) => ({ uploadUrlSeconds: whole(text, name, 86_400) }),
  ATTACH: (text, name) => ({ attach: oneOf(text, name, ['POST', 'GET']) }),
  LIST: (text, name) => ({ list: oneOf(text, name, ['true', 'false']) === 'true' }),
  HANDOVER: (handOver) => ({ handOver }),
};

/**
 * The options in `FAKE_FLEXPERTO_*`; an empty variable counts as unset. Ports default to 4010 and 4011.
 * Throws one sentence for a wrong or misspelt variable.
 */
export function readOptions(env: NodeJS.ProcessEnv): FakeFlexpertoOptions {
  let options: FakeFlexpertoOptions = { port: 4010, uploadPort: 4011 };
  for (const [name, text = ''] of Object.entries(env)) {
    if (!name.startsWith(PREFIX) || text === '') continue;
    const reader = readers[name.slice(PREFIX.length)];
    if (reader === undefined) throw new Error(`${name} is not a variable of the fake.`);
    options = { ...options, ...reader(text, name) };
  }
  return options;
}

function whole(text: string, name: string, most: number): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value <= most)) throw new Error(`${name} must be a whole number up to ${most}.`);
  return value;
}

function oneOf<Value extends string>(text: string, name: string, values: readonly Value[]): Value {
  const value = values.find((known) => known === text);
  if (value === undefined) throw new Error(`${name} must be ${values.join(' or ')}.`);
  return value;
}
