import { DefaultLogger, type LogEntry, type Logger } from '@temporalio/worker';
import type { ClientConfig } from './config.js';
import { createLog } from './log.js';

/** The log in the form that the worker and its native library write to. */
export function createLogger(level: ClientConfig['logLevel']): Logger {
  const log = createLog(level);
  return new DefaultLogger(level === 'debug' ? 'DEBUG' : 'INFO', ({ level: at, message, meta }: LogEntry) => {
    log[METHOD[at]](meta ?? {}, message);
  });
}

const METHOD = { TRACE: 'trace', DEBUG: 'debug', INFO: 'info', WARN: 'warn', ERROR: 'error' } as const;
