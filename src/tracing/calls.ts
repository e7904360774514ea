import { context, SpanKind, SpanStatusCode, type Tracer } from '@opentelemetry/api';
import type { CallObserver } from '../flexperto/index.js';

/** A span for each request to the vendor, below the activity that makes it. It names neither address nor content. */
export function traceCalls(tracer: Tracer): CallObserver {
  return ({ call, method, documentBytes }) => {
    const attributes = {
      'http.request.method': method,
      ...(documentBytes > 0 ? { 'http.request.body.size': documentBytes } : {}),
    };
    const span = tracer.startSpan(
      `flexperto ${call}`,
      { kind: SpanKind.CLIENT, attributes },
      context.active(),
    );
    return (end) => {
      if (typeof end === 'number') span.setAttribute('http.response.status_code', end);
      if (typeof end !== 'number' || end >= 400) {
        span.setStatus({ code: SpanStatusCode.ERROR }).setAttribute('error.type', String(end));
      }
      span.end();
    };
  };
}
