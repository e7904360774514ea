import type { MetricMeter } from '@temporalio/common';
import type { CallOutcome, CallObserver } from '../flexperto/call-observer.js';

import type { Logger } from '@temporalio/worker';
import { OPEN_STATES } from '../domain/status.js';
import { UNCLAIMED, type StateCount, type WorkflowLookup } from './workflow-lookup.js';

/** Seconds; a JSON call takes some tenths, an upload of 50 MB over a slow line many minutes. */
const CALL_DURATION_BUCKETS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600];

/** Boundaries of the histograms made here, for the exporter. */
export const HISTOGRAM_BUCKETS = { signing_api_call_duration: CALL_DURATION_BUCKETS };

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
 * Shows, from a look every half minute, how many sessions are in each open state and how old the oldest is. Every worker
 * of a task queue shows the same sessions: take the maximum over them, never the sum. Returns what ends the looks.
 */
export function startSigningGauges(
  meter: MetricMeter,
  countByState: WorkflowLookup['countByState'],
  logger: Logger,
): { stop: () => void } {
  const gauges = createGauges(meter);
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  const update = async (): Promise<void> => {
    try {
      for (const state of [UNCLAIMED, ...OPEN_STATES] as const) gauges.show(state, await countByState(state));
      gauges.looked();
    } catch (error) {
      if (!stopped) logger.warn('the sessions could not be counted for the metrics', { error });
    }
    if (!stopped) timer = setTimeout(() => void update(), UPDATE_INTERVAL_MS).unref();
  };
  void update();
  return {
    stop: () => {
      stopped = true;
      clearTimeout(timer);
    },
  };
}

function createGauges(meter: MetricMeter) {
  const openSignings = meter.createGauge('signing_sessions', 'int', '', 'Open sessions, by state');
  const age = meter.createGauge(
    'signing_oldest_session_age_seconds',
    'int',
    '',
    'Time since the start of the oldest open session in a state; 0 where there is none',
  );
  const updatedAt = meter.createGauge(
    'signing_sessions_looked_at_timestamp_seconds',
    'int',
    '',
    'When the open sessions were counted last, in seconds since 1970',
  );
  return {
    show: (state: string, { count, oldestStart }: StateCount): void => {
      openSignings.set(count, { state });
      age.set(oldestStart === undefined ? 0 : secondsSince(oldestStart), { state });
    },
    looked: () => {
      updatedAt.set(Math.floor(Date.now() / 1000));
    },
  };
}

function secondsSince(time: Date): number {
  return Math.max(0, Math.floor((Date.now() - time.getTime()) / 1000));
}
