import { isSpanContextValid, ROOT_CONTEXT, trace, type Context, type SpanContext } from '@opentelemetry/api';

/** A place in a trace as the text that travels in headers: a `traceparent` (W3C Trace Context, 3.2). */
export function traceparentFor({ traceId, spanId, traceFlags }: SpanContext): string {
  return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`;
}

export function spanContextOf(traceparent: string): SpanContext {
  const [, traceId = '', spanId = '', flags = ''] = traceparent.split('-');
  return { traceId, spanId, traceFlags: parseInt(flags, 16), isRemote: true };
}

/** The context in which a span becomes a child of that place. */
export function contextAt(traceparent: string | undefined): Context {
  if (traceparent === undefined) return ROOT_CONTEXT;
  const place = spanContextOf(traceparent);
  return isSpanContextValid(place) ? trace.setSpanContext(ROOT_CONTEXT, place) : ROOT_CONTEXT;
}
