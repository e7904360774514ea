import type { MetricMeter } from '@temporalio/common';
import type { CallEnd, CallObserver } from '../flexperto/index.js';

/** Seconds; a JSON call takes some tenths, an upload of 50 MB over a slow line many minutes. */
const BOUNDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600];

/** Boundaries of the histograms made here, for the exporter. */
export const CALL_BUCKETS = { signing_api_call_duration: BOUNDS };

/** Counts and times the requests to the vendor by call and status, and the bytes of accepted uploads. */
export function createCallMetrics(meter: MetricMeter): CallObserver {
  const duration = meter.createHistogram(
    'signing_api_call_duration',
    'float',
    'seconds',
    'Requests to flexperto, by call and status of the answer',
  );
  const uploaded = meter.createCounter('signing_uploaded_bytes', '', 'Bytes of documents uploaded');
  return ({ call, documentBytes }) => {
    const begin = performance.now();
    return (end) => {
      duration.record((performance.now() - begin) / 1000, { call, status: String(end) });
      if (documentBytes > 0 && isAccepted(end)) uploaded.add(documentBytes);
    };
  };
}

function isAccepted(end: CallEnd): boolean {
  return typeof end === 'number' && end < 300;
}
