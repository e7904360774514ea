import { CommanderError } from 'commander';
import * as client from '../client/index.js';
import type { Problem } from '../domain/field-schema.js';
import { ConfigError, getErrorMessage } from '../shared/errors.js';
import type { ExitReason } from './exit-codes.js';

/** The command line is invalid; nothing was done. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The file cannot be read as a request. */
export class UnreadableRequestError extends Error {
  override readonly name = 'UnreadableRequestError';
}

/** The result could not be written to the requested place. */
export class UnwritableError extends Error {
  override readonly name = 'UnwritableError';
}

/** A signal ended the wait; the signing is not affected. */
export class InterruptedError extends Error {
  override readonly name = 'InterruptedError';
}

/** An error for people and programs, without a stack. */
export interface Failure {
  readonly exitReason: ExitReason;
  readonly type: string;
  readonly message: string;
  readonly problems?: readonly Problem[];
}

export function toFailure(error: unknown): Failure {
  if (error instanceof CommanderError) return toUsageFailure(error);
  const known = KNOWN_ERRORS.find(([kind]) => error instanceof kind);
  if (known === undefined || !(error instanceof Error)) return toUnexpectedFailure(error);
  const problems = error instanceof client.InvalidRequestError ? { problems: error.problems } : {};
  return { exitReason: known[1], type: error.name, message: toSentence(error.message), ...problems };
}

const KNOWN_ERRORS: readonly (readonly [new (...args: never[]) => Error, ExitReason])[] = [
  [UsageError, 'usage'],
  [UnwritableError, 'usage'],
  [ConfigError, 'usage'],
  [client.NoAccessError, 'usage'],
  [client.UnreadablePayloadError, 'usage'],
  [UnreadableRequestError, 'invalid'],
  [client.InvalidRequestError, 'invalid'],
  [client.RequestRejectedError, 'invalid'],
  [client.SigningNotFoundError, 'notFound'],
  [client.NotPossibleError, 'notPossible'],
  [client.RequestConflictError, 'notPossible'],
  [client.NoServerError, 'unanswered'],
  [client.NoWorkerError, 'unanswered'],
  [client.SigningBrokenError, 'failed'],
  [client.SigningTerminatedError, 'cancelled'],
  [InterruptedError, 'interrupted'],
];

/** If no command is given, commander shows the help without a message. */
function toUsageFailure({ code, message }: CommanderError): Failure {
  const text = code === 'commander.help' ? 'name a command' : message.replace(/^error: /, '');
  return {
    exitReason: 'usage',
    type: 'UsageError',
    message: toSentence(`${text.charAt(0).toUpperCase()}${text.slice(1)}`),
  };
}

function toUnexpectedFailure(error: unknown): Failure {
  return {
    exitReason: 'unexpected',
    type: 'UnexpectedError',
    message: toSentence(`Unexpected: ${formatCauses(error)}`),
  };
}

/** The first line of the messages of an error and its causes. */
function formatCauses(error: unknown): string {
  const message = getErrorMessage(error);
  const line = message.split('\n')[0] ?? '';
  return error instanceof Error && error.cause !== undefined ? `${line}: ${formatCauses(error.cause)}` : line;
}

function toSentence(text: string): string {
  const trimmed = text.trim().replace(/\s+/g, ' ');
  return `${trimmed}${/[.?!:)…]$/.test(trimmed) ? '' : '.'}`;
}
