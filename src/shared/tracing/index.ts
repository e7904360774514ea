import type { ProxyConfig } from '../http/proxy-config.js';
import type { Tracing } from './spans.js';

export type { Tracing } from './spans.js';

/** OpenTelemetry's variables that turn tracing on; its exporter reads the other `OTEL_` variables. */
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
  observe: () => () => undefined,
  close: () => Promise.resolve(),
};
