import { CommanderError } from 'commander';
import { ConfigError } from '../config.js';
import type { Problem } from '../domain/request.js';
import * as starter from '../starter/index.js';
import type { Ending } from './endings.js';

/** The command was used wrongly; nothing was done. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The file does not hold a request that could be looked at. */
export class UnreadableRequestError extends Error {
  override readonly name = 'UnreadableRequestError';
}

/** The answer was there and could not be put where it was wanted. */
export class UnwritableError extends Error {
  override readonly name = 'UnwritableError';
}

/** The wait was ended from outside; the signing is not affected. */
export class InterruptedError extends Error {
  override readonly name = 'InterruptedError';
}

/** What went wrong, in words for people and for programs. Never a stack. */
export interface Failure {
  readonly ending: Ending;
  readonly type: string;
  readonly message: string;
  readonly problems?: readonly Problem[];
}

export function failureOf(error: unknown): Failure {
  if (error instanceof CommanderError) return misused(error);
  const found = KNOWN.find(([kind]) => error instanceof kind);
  if (found === undefined || !(error instanceof Error)) return unexpected(error);
  const problems = error instanceof starter.InvalidRequestError ? { problems: error.problems } : {};
  return { ending: found[1], type: error.name, message: sentence(error.message), ...problems };
}

const KNOWN: readonly (readonly [new (...args: never[]) => Error, Ending])[] = [
  [UsageError, 'usage'],
  [UnwritableError, 'usage'],
  [ConfigError, 'usage'],
  [starter.NoAccessError, 'usage'],
  [starter.UnreadablePayloadError, 'usage'],
  [UnreadableRequestError, 'invalid'],
  [starter.InvalidRequestError, 'invalid'],
  [starter.RequestRejectedError, 'invalid'],
  [starter.SigningNotFoundError, 'notFound'],
  [starter.NotPossibleError, 'notPossible'],
  [starter.RequestConflictError, 'notPossible'],
  [starter.NoServerError, 'unanswered'],
  [starter.NoWorkerError, 'unanswered'],
  [starter.SigningBrokenError, 'failed'],
  [starter.SigningTerminatedError, 'cancelled'],
  [InterruptedError, 'interrupted'],
];

/** Without any command, commander shows the help and has no words for why. */
function misused({ code, message }: CommanderError): Failure {
  const words = code === 'commander.help' ? 'name a command' : message.replace(/^error: /, '');
  return {
    ending: 'usage',
    type: 'UsageError',
    message: sentence(`${words.charAt(0).toUpperCase()}${words.slice(1)}`),
  };
}

function unexpected(error: unknown): Failure {
  return { ending: 'unexpected', type: 'UnexpectedError', message: sentence(`Unexpected: ${chain(error)}`) };
}

/** The first line of what an error and its causes say. */
function chain(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const line = message.split('\n')[0] ?? '';
  return error instanceof Error && error.cause !== undefined ? `${line}: ${chain(error.cause)}` : line;
}

function sentence(text: string): string {
  const trimmed = text.trim().replace(/\s+/g, ' ');
  return `${trimmed}${/[.?!:)…]$/.test(trimmed) ? '' : '.'}`;
}
