import type { TelemetryOptions } from '@temporalio/worker';
import { CALL_BUCKETS } from './calls.js';

/**
 * One address for Temporal's metrics and the program's own: both go through the SDK's exporter. What the SDK's native
 * part logs goes where the rest of the log goes, instead of between its lines.
 */
export function telemetryOptions({
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
    histogramBucketOverrides: CALL_BUCKETS,
  };
  return { logging, metrics: { prometheus } };
}
