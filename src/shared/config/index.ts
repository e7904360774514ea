import { existsSync } from 'node:fs';
import { loadEnvFile } from 'node:process';
import { z } from 'zod';
import { ConfigError, getErrorMessage } from '../errors.js';
import { type ClientConfig, commonVariables, toClientConfig } from './common.js';
import { type GatewayConfig, gatewayVariables, toGatewayConfig } from './gateway.js';
import { type WorkerConfig, toWorkerConfig, workerVariables } from './worker.js';

export { type ClientConfig, assertDocumentRoot } from './common.js';
export type { ApiKeyHash, GatewayConfig, RequiredClaim, TokenIssuer } from './gateway.js';
export type { WorkerConfig } from './worker.js';

/** Every program checks all variables, so that one `.env` is right for all of them. */
const variablesSchema = z.object({
  ...commonVariables.shape,
  ...workerVariables.shape,
  ...gatewayVariables.shape,
});

export const VARIABLE_NAMES = Object.keys(variablesSchema.shape);

/** Reads `.env` of the current folder if there is one. A variable of the environment takes precedence. @throws ConfigError */
export function loadDotEnv(): void {
  if (!existsSync('.env')) return;
  try {
    loadEnvFile('.env');
  } catch (error) {
    throw new ConfigError(`The file .env cannot be read: ${getErrorMessage(error)}`);
  }
}

/** @throws ConfigError */
export function readClientConfig(env: NodeJS.ProcessEnv): ClientConfig {
  return toClientConfig(readVariables(env), env);
}

/** @throws ConfigError */
export function readWorkerConfig(env: NodeJS.ProcessEnv): WorkerConfig {
  return toWorkerConfig(readVariables(env), env);
}

/** @throws ConfigError */
export function readGatewayConfig(env: NodeJS.ProcessEnv): GatewayConfig {
  return toGatewayConfig(readVariables(env), env);
}

function readVariables(env: NodeJS.ProcessEnv): z.output<typeof variablesSchema> {
  // An empty variable counts as unset, as .env files and compose files write it.
  const present = Object.entries(env).filter(
    ([name, value]) => /^(FLEXPERTO|SIGNING)_/.test(name) && value !== '',
  );
  const unknown = present.map(([name]) => name).filter((name) => !VARIABLE_NAMES.includes(name));
  const result = variablesSchema.safeParse(Object.fromEntries(present));
  // Each problem names the variable, not the entry of its list, and appears once.
  const invalid = result.error?.issues.map(({ path, message }) => `${String(path[0])} ${message}.`) ?? [];
  const problems = [
    ...unknown.map(
      (name) => `${name} is not a variable of this program; did you mean ${findClosestName(name)}?`,
    ),
    ...new Set(invalid),
  ];
  if (!result.success || problems.length > 0) throw new ConfigError(problems.join(' '));
  return result.data;
}

/** The variable that shares the most letter pairs with a misspelt one. */
function findClosestName(misspelt: string): string {
  const letterPairs = (text: string): string[] =>
    Array.from(text.slice(1), (letter, index) => `${text.charAt(index)}${letter}`);
  const targetPairs = letterPairs(misspelt);
  const similarity = (name: string): number => {
    const pairs = letterPairs(name);
    return (
      targetPairs.filter((pair) => pairs.includes(pair)).length / Math.max(targetPairs.length, pairs.length)
    );
  };
  return VARIABLE_NAMES.reduce((best, name) => (similarity(name) > similarity(best) ? name : best));
}
