import type { MetricMeter } from '@temporalio/common';
import type { Logger } from '@temporalio/worker';
import { OPEN_STATES } from '../domain/status.js';
import { NOT_TAKEN_UP, type Census, type Visibility } from '../visibility.js';

const LOOK_EVERY_MS = 30_000;

/**
 * Shows, from a look every half minute, how many sessions are in each open state and how old the oldest is. Every worker
 * of a task queue shows the same sessions: take the maximum over them, never the sum. Returns what ends the looks.
 */
export function showSessions(
  meter: MetricMeter,
  census: Visibility['census'],
  logger: Logger,
): { stop: () => void } {
  const gauges = createGauges(meter);
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  const look = async (): Promise<void> => {
    try {
      for (const state of [NOT_TAKEN_UP, ...OPEN_STATES] as const) gauges.show(state, await census(state));
      gauges.looked();
    } catch (error) {
      if (!stopped) logger.warn('the sessions could not be counted for the metrics', { error });
    }
    if (!stopped) timer = setTimeout(() => void look(), LOOK_EVERY_MS).unref();
  };
  void look();
  return {
    stop: () => {
      stopped = true;
      clearTimeout(timer);
    },
  };
}

function createGauges(meter: MetricMeter) {
  const sessions = meter.createGauge('signing_sessions', 'int', '', 'Open sessions, by state');
  const age = meter.createGauge(
    'signing_oldest_session_age_seconds',
    'int',
    '',
    'Time since the start of the oldest open session in a state; 0 where there is none',
  );
  const lookedAt = meter.createGauge(
    'signing_sessions_looked_at_timestamp_seconds',
    'int',
    '',
    'When the open sessions were counted last, in seconds since 1970',
  );
  return {
    show: (state: string, { count, oldestStart }: Census): void => {
      sessions.set(count, { state });
      age.set(oldestStart === undefined ? 0 : secondsSince(oldestStart), { state });
    },
    looked: () => {
      lookedAt.set(Math.floor(Date.now() / 1000));
    },
  };
}

function secondsSince(time: Date): number {
  return Math.max(0, Math.floor((Date.now() - time.getTime()) / 1000));
}
