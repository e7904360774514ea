import type { TelemetryOptions } from '@temporalio/worker';
import { CALL_BUCKETS } from './calls.js';

/** One address for Temporal's metrics and the program's own: both go through the SDK's exporter. */
export function telemetryOptions({
  metricsAddress,
}: {
  readonly metricsAddress: string | undefined;
}): TelemetryOptions {
  if (metricsAddress === undefined) return {};
  const prometheus = {
    bindAddress: metricsAddress,
    countersTotalSuffix: true,
    unitSuffix: true,
    useSecondsForDurations: true,
    histogramBucketOverrides: CALL_BUCKETS,
  };
  return { metrics: { prometheus } };
}
