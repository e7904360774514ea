import { context } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
} from '@opentelemetry/resources';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { Duplex } from 'node:stream';
import { createConnector } from '../http/connector.js';
import type { ProxyConfig } from '../http/proxy-config.js';
import {
  type Tracing,
  createActivityInterceptor,
  createCallSpans,
  createClientInterceptor,
} from './spans.js';

const CONNECT_TIMEOUT_MS = 10_000;

/** Sends spans by OTLP over HTTP to the collector that the environment names. */
export function createTracing(serviceName: string, proxies: ProxyConfig | undefined): Tracing {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  const exporterOptions = proxies === undefined ? {} : { httpAgentOptions: createProxyAgents(proxies) };
  const provider = new TracerProvider({
    resource: defaultResource()
      .merge(resourceFromAttributes({ 'service.name': serviceName }))
      .merge(detectResources({ detectors: [envDetector] })),
    spanProcessors: [new BatchSpanProcessor({ exporter: new OTLPTraceExporter(exporterOptions) })],
  });
  const tracer = provider.getTracer('flexperto-signing-worker');
  return {
    clientInterceptors: [createClientInterceptor(tracer)],
    activityInterceptors: [createActivityInterceptor(tracer)],
    observe: createCallSpans(tracer),
    // Spans that no collector takes are lost; the program goes on.
    close: () => provider.shutdown().catch(() => undefined),
  };
}

/** The exporter takes only Node's agents; these connect through the proxies. */
function createProxyAgents(proxies: ProxyConfig): (protocol: string) => HttpAgent {
  const connect = createConnector({ proxies, timeoutMs: CONNECT_TIMEOUT_MS });
  return (protocol) => {
    const agent = new (protocol === 'https:' ? HttpsAgent : HttpAgent)({ keepAlive: true });
    agent.createConnection = ({ host, port }, callback) => {
      const hostname = host ?? 'localhost';
      connect({ protocol, hostname, host: hostname, port: String(port ?? '') }, (error, socket) => {
        // Node's types require a stream also beside an error.
        callback?.(error, socket as unknown as Duplex);
      });
      return undefined;
    };
    return agent;
  };
}
