import type { MetricMeter } from '@temporalio/common';
import type { Logger } from '@temporalio/worker';
import { OPEN_STATES } from '../domain/status.js';
import type { CallObserver, CallOutcome } from '../flexperto/call-observer.js';
import { type StateCount, UNCLAIMED, type WorkflowLookup } from './workflow-lookup.js';

/** In seconds. A JSON call takes some tenths, an upload of 50 MB over a slow line many minutes. */
const CALL_DURATION_BUCKETS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600];

/** For the exporter, which takes the boundaries of all histograms. */
export const HISTOGRAM_BUCKETS = { signing_api_call_duration: CALL_DURATION_BUCKETS };

/** Counts and times the requests to the vendor by call and status, and the bytes of accepted uploads. */
export function createCallMetrics(meter: MetricMeter): CallObserver {
  const duration = meter.createHistogram(
    'signing_api_call_duration',
    'float',
    'seconds',
    'Requests to flexperto, by call and status',
  );
  const uploaded = meter.createCounter('signing_uploaded_bytes', '', 'Bytes of documents uploaded');
  return ({ call, documentBytes }) => {
    const startedAt = performance.now();
    return (outcome) => {
      duration.record((performance.now() - startedAt) / 1000, { call, status: String(outcome) });
      if (documentBytes > 0 && isSuccess(outcome)) uploaded.add(documentBytes);
    };
  };
}

function isSuccess(outcome: CallOutcome): boolean {
  return typeof outcome === 'number' && outcome < 300;
}

const UPDATE_INTERVAL_MS = 30_000;

/**
 * Shows how many signings are in each open state and how old the oldest is, counted every half minute. Every worker of a
 * task queue shows the same numbers: take the maximum over workers, never the sum. Returns what stops it.
 */
export function startSigningGauges(
  meter: MetricMeter,
  countByState: WorkflowLookup['countByState'],
  logger: Logger,
): () => void {
  const gauges = createGauges(meter);
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  const update = async (): Promise<void> => {
    try {
      for (const state of [UNCLAIMED, ...OPEN_STATES] as const) gauges.set(state, await countByState(state));
      gauges.markUpdated();
    } catch (error) {
      if (!stopped) logger.warn('the signings could not be counted for the metrics', { error });
    }
    if (!stopped) timer = setTimeout(() => void update(), UPDATE_INTERVAL_MS).unref();
  };
  void update();
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}

function createGauges(meter: MetricMeter) {
  const openSignings = meter.createGauge('signing_sessions', 'int', '', 'Open signings, by state');
  const age = meter.createGauge(
    'signing_oldest_session_age_seconds',
    'int',
    '',
    'Time since the start of the oldest open signing in a state; 0 if there is none',
  );
  const updatedAt = meter.createGauge(
    'signing_sessions_looked_at_timestamp_seconds',
    'int',
    '',
    'When the open signings were counted last, in seconds since 1970',
  );
  return {
    set: (state: string, { count, oldestStart }: StateCount): void => {
      openSignings.set(count, { state });
      age.set(oldestStart === undefined ? 0 : secondsSince(oldestStart), { state });
    },
    markUpdated: () => {
      updatedAt.set(Math.floor(Date.now() / 1000));
    },
  };
}

function secondsSince(time: Date): number {
  return Math.max(0, Math.floor((Date.now() - time.getTime()) / 1000));
}
