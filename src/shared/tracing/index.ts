import type { WorkflowClientInterceptor } from '@temporalio/client';
import type { ActivityInterceptorsFactory, InjectedSinks } from '@temporalio/worker';
import type { CallObserver } from '../../flexperto/call-observer.js';
import type { ProxyConfig } from '../http/proxy-config.js';
import type { TraceSinks } from './trace-header.js';

/** What makes the spans of a trace, from the start of a signing to each call. Off, it makes none. */
export interface Tracing {
  /** For a client of Temporal: a span for each start, signal and update. */
  readonly clientInterceptors: WorkflowClientInterceptor[];
  /** For a worker: a span for each attempt of an activity. */
  readonly activityInterceptors: ActivityInterceptorsFactory[];
  /** For a worker: a span for each session that it takes up. */
  readonly sinks: InjectedSinks<TraceSinks>;
  /** For the client of flexperto: a span for each request. */
  readonly observe: CallObserver;
  /** Sends what was not sent yet. */
  readonly close: () => Promise<void>;
}

/** The variable that turns tracing on, as OpenTelemetry has it; its other `OTEL_` variables are heeded too. */
const ENDPOINT_VARIABLES = ['OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'];

/** Off unless the environment names a collector; then no code of OpenTelemetry is loaded. */
export async function startTracing(serviceName: string, proxies?: ProxyConfig): Promise<Tracing> {
  if (ENDPOINT_VARIABLES.every((name) => (process.env[name] ?? '') === '')) return NO_TRACING;
  const { createTracing } = await import('./opentelemetry.js');
  return createTracing(serviceName, proxies);
}

const NO_TRACING: Tracing = {
  clientInterceptors: [],
  activityInterceptors: [],
  // A session whose start was traced may be taken up by a worker that does not trace.
  sinks: { tracing: { workflowStarted: { fn: () => undefined, callDuringReplay: false } } },
  observe: () => () => undefined,
  close: () => Promise.resolve(),
};
