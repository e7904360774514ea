import { pino, type Logger } from 'pino';
import { redact } from './activities/redact.js';
import type { ClientConfig } from './config.js';

/**
 * Structured logs, one JSON object a line on stdout. What an error says is redacted once more on its way out: the errors
 * made here are safe, those of libraries need not be.
 */
export function createLog(level: ClientConfig['logLevel']): Logger {
  return pino({
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    serializers: {
      error: describeError,
      err: describeError,
      failure: redacted,
      task: hide,
      taskEncoded: hide,
    },
  });
}

/** The SDK logs a task that it cannot start with all its data, which is personal. */
const hide = (): undefined => undefined;

/** What the SDK's native part says of a workflow task that failed. */
const redacted = (failure: unknown): unknown => (typeof failure === 'string' ? redact(failure) : undefined);

function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return typeof error === 'string' ? redact(error) : undefined;
  const type = 'type' in error && typeof error.type === 'string' ? error.type : error.name;
  const [, ...frames] = (error.stack ?? '').split('\n    at ');
  const cause: unknown = error.cause === undefined ? undefined : describeError(error.cause);
  return { type, message: redact(error.message), at: frames[0], cause };
}
