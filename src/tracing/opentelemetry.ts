import { context } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
} from '@opentelemetry/resources';
import { BatchSpanProcessor, RandomIdGenerator, TracerProvider } from '@opentelemetry/sdk-trace';
import type { Proxies } from '../network/proxies.js';
import { traceActivities } from './activities.js';
import { traceCalls } from './calls.js';
import { traceClient } from './client.js';
import type { Tracing } from './index.js';
import { agentsThrough } from './agents-through.js';
import { traceSessions } from './sessions.js';

/** Sends spans by OTLP over HTTP to where the environment says. */
export function createTracing(service: string, proxies: Proxies | undefined): Tracing {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  const exporter = proxies === undefined ? {} : { httpAgentOptions: agentsThrough(proxies) };
  const ids = new RandomIdGenerator();
  let wanted: string | undefined;
  const provider = new TracerProvider({
    resource: defaultResource()
      .merge(resourceFromAttributes({ 'service.name': service }))
      .merge(detectResources({ detectors: [envDetector] })),
    spanProcessors: [new BatchSpanProcessor({ exporter: new OTLPTraceExporter(exporter) })],
    idGenerator: {
      generateTraceId: () => ids.generateTraceId(),
      generateSpanId: () => wanted ?? ids.generateSpanId(),
    },
  });
  const tracer = provider.getTracer('flexperto-signing-worker');
  return {
    clientInterceptors: [traceClient(tracer)],
    activityInterceptors: [traceActivities(tracer)],
    sinks: traceSessions(tracer, (spanId, start) => {
      wanted = spanId;
      start();
      wanted = undefined;
    }),
    observe: traceCalls(tracer),
    // What a collector does not take is lost, and no reason to fail.
    close: () => provider.shutdown().catch(() => undefined),
  };
}
