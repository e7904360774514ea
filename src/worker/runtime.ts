import {
  DefaultLogger,
  type LogEntry,
  type Logger,
  Runtime,
  type TelemetryOptions,
} from '@temporalio/worker';
import type { WorkerConfig } from '../shared/config/index.js';
import { ConfigError, getErrorMessage } from '../shared/errors.js';
import { createLogger } from '../shared/log.js';
import { HISTOGRAM_BUCKETS } from './metrics.js';

/**
 * Installs the SDK's runtime with the program's log and metrics. Returns the log in the form that the worker writes to.
 * @throws ConfigError if the metrics address cannot be listened on
 */
export function installRuntime({
  logLevel,
  metricsAddress,
}: Pick<WorkerConfig, 'logLevel' | 'metricsAddress'>): Logger {
  const logger = createSdkLogger(logLevel);
  try {
    Runtime.install({ logger, telemetryOptions: createTelemetryOptions(metricsAddress) });
  } catch (error) {
    throw new ConfigError(`SIGNING_METRICS_ADDRESS cannot be listened on: ${getErrorMessage(error)}`);
  }
  return logger;
}

const LOG_METHODS = { TRACE: 'trace', DEBUG: 'debug', INFO: 'info', WARN: 'warn', ERROR: 'error' } as const;

function createSdkLogger(level: WorkerConfig['logLevel']): Logger {
  const log = createLogger(level);
  return new DefaultLogger(
    level === 'debug' ? 'DEBUG' : 'INFO',
    ({ level: entryLevel, message, meta }: LogEntry) => {
      log[LOG_METHODS[entryLevel]](meta ?? {}, message);
    },
  );
}

/**
 * One address serves Temporal's metrics and the program's: both go through the SDK's exporter. Log lines of the SDK's
 * native part go through the same log as all others.
 */
function createTelemetryOptions(metricsAddress: string | undefined): TelemetryOptions {
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
