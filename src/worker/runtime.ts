import { DefaultLogger, type LogEntry, type Logger } from '@temporalio/worker';
import type { ClientConfig } from '../shared/config/index.js';
import { createLogger } from '../shared/log.js';
import type { TelemetryOptions } from '@temporalio/worker';
import { HISTOGRAM_BUCKETS } from './metrics.js';

/** The log in the form that the worker and its native library write to. */
export function createSdkLogger(level: ClientConfig['logLevel']): Logger {
  const log = createLogger(level);
  return new DefaultLogger(
    level === 'debug' ? 'DEBUG' : 'INFO',
    ({ level: entryLevel, message, meta }: LogEntry) => {
      log[LOG_METHODS[entryLevel]](meta ?? {}, message);
    },
  );
}

const LOG_METHODS = { TRACE: 'trace', DEBUG: 'debug', INFO: 'info', WARN: 'warn', ERROR: 'error' } as const;

/**
 * One address for Temporal's metrics and the program's own: both go through the SDK's exporter. What the SDK's native
 * part logs goes where the rest of the log goes, instead of between its lines.
 */
export function createTelemetryOptions({
  metricsAddress,
}: {
  readonly metricsAddress: string | undefined;
}): TelemetryOptions {
  const logging = { filter: { core: 'WARN', other: 'ERROR' }, forward: {} } as const;
  if (metricsAddress === undefined) return { logging };
  const prometheus = {
    bindAddress: metricsAddress,
    countersTotalSuffix: true,
    unitSuffix: true,
    useSecondsForDurations: true,
    histogramBucketOverrides: HISTOGRAM_BUCKETS,
  };
  return { logging, metrics: { prometheus } };
}
