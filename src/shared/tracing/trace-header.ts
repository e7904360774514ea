import { defaultPayloadConverter, type Headers } from '@temporalio/common';
import type { Sinks } from '@temporalio/workflow';

/** The header in which Temporal's own SDKs, of any language, hand on where in a trace a call stands. */
const HEADER = '_tracer-data';

/** `version-traceid-spanid-flags` (W3C Trace Context, 3.2). */
const TRACEPARENT = /^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;

/** Where in a trace the caller stands, as a `traceparent`; `undefined` where there is none or it is not understood. */
export function readTraceparent(headers: Headers): string | undefined {
  const payload = headers[HEADER];
  if (payload === undefined) return undefined;
  const { traceparent } = defaultPayloadConverter.fromPayload<{ traceparent?: unknown }>(payload);
  return typeof traceparent === 'string' && TRACEPARENT.test(traceparent) ? traceparent : undefined;
}

export function withTraceparent(headers: Headers, traceparent: string | undefined): Headers {
  if (traceparent === undefined) return headers;
  return { ...headers, [HEADER]: defaultPayloadConverter.toPayload({ traceparent }) };
}

/** What the worker makes a span of; the sandbox itself knows no tracing. */
export interface TraceSinks extends Sinks {
  tracing: {
    /** A session was taken up. Both are `traceparent`s: where its start stands, and where the session itself. */
    workflowStarted(start: string, session: string): void;
  };
}
