import { type Logger, pino } from 'pino';
import type { ClientConfig } from './config/index.js';
import { redact } from './redaction.js';

/**
 * Structured logs, one JSON object a line on stdout. Messages of errors are redacted here again: this program's errors are
 * safe, those of libraries may not be.
 */
export function createLogger(level: ClientConfig['logLevel']): Logger {
  return pino({
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    serializers: {
      error: serializeError,
      err: serializeError,
      failure: redactFailure,
      task: omit,
      taskEncoded: omit,
    },
  });
}

/** The SDK logs a task that it cannot start with all its data, including personal data. */
const omit = (): undefined => undefined;

/** The message of the SDK's native part about a failed workflow task. */
const redactFailure = (failure: unknown): unknown =>
  typeof failure === 'string' ? redact(failure) : undefined;

function serializeError(error: unknown): unknown {
  if (!(error instanceof Error)) return typeof error === 'string' ? redact(error) : undefined;
  const type = 'type' in error && typeof error.type === 'string' ? error.type : error.name;
  const [, ...frames] = (error.stack ?? '').split('\n    at ');
  const cause: unknown = error.cause === undefined ? undefined : serializeError(error.cause);
  return { type, message: redact(error.message), at: frames[0], cause };
}
