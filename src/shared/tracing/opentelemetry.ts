import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { Duplex } from 'node:stream';
import { createConnector } from '../http/connector.js';
import type { ProxyConfig } from '../http/proxy-config.js';
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

import {
  createActivityInterceptor,
  createCallSpans,
  createClientInterceptor,
  createSigningSpans,
} from './spans.js';

import type { Tracing } from './index.js';

const CONNECT_TIMEOUT_MS = 10_000;

/** Agents of Node for a library that takes nothing else; their connections go through the proxies. */
export function createProxyAgents(proxies: ProxyConfig): (protocol: string) => HttpAgent {
  const connect = createConnector({ proxies, timeoutMs: CONNECT_TIMEOUT_MS });
  return (protocol) => {
    const agent = new (protocol === 'https:' ? HttpsAgent : HttpAgent)({ keepAlive: true });
    agent.createConnection = ({ host, port }, callback) => {
      const hostname = host ?? 'localhost';
      connect({ protocol, hostname, host: hostname, port: String(port ?? '') }, (error, socket) => {
        // Node's types ask for a stream beside the error, too.
        callback?.(error, socket as unknown as Duplex);
      });
      return undefined;
    };
    return agent;
  };
}

/** Sends spans by OTLP over HTTP to where the environment says. */
export function createTracing(serviceName: string, proxies: ProxyConfig | undefined): Tracing {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  const exporterOptions = proxies === undefined ? {} : { httpAgentOptions: createProxyAgents(proxies) };
  const randomIds = new RandomIdGenerator();
  let nextSpanId: string | undefined;
  const provider = new TracerProvider({
    resource: defaultResource()
      .merge(resourceFromAttributes({ 'service.name': serviceName }))
      .merge(detectResources({ detectors: [envDetector] })),
    spanProcessors: [new BatchSpanProcessor({ exporter: new OTLPTraceExporter(exporterOptions) })],
    idGenerator: {
      generateTraceId: () => randomIds.generateTraceId(),
      generateSpanId: () => nextSpanId ?? randomIds.generateSpanId(),
    },
  });
  const tracer = provider.getTracer('flexperto-signing-worker');
  return {
    clientInterceptors: [createClientInterceptor(tracer)],
    activityInterceptors: [createActivityInterceptor(tracer)],
    sinks: createSigningSpans(tracer, (spanId, start) => {
      nextSpanId = spanId;
      start();
      nextSpanId = undefined;
    }),
    observe: createCallSpans(tracer),
    // What a collector does not take is lost, and no reason to fail.
    close: () => provider.shutdown().catch(() => undefined),
  };
}
