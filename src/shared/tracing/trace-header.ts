import { type Headers, defaultPayloadConverter } from '@temporalio/common';

/** The header in which Temporal's SDKs of all languages pass trace context. */
const HEADER = '_tracer-data';

/** `version-traceid-spanid-flags` (W3C Trace Context, 3.2). */
const TRACEPARENT = /^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;

/** The caller's span as a `traceparent`; `undefined` if the header is missing or malformed. Safe in the sandbox. */
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
