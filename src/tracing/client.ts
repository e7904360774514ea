import { context, SpanKind, type Span, type Tracer } from '@opentelemetry/api';
import type { WorkflowClientInterceptor } from '@temporalio/client';
import { withTraceparent } from '../workflows/trace-header.js';
import { inSpan } from './in-span.js';
import { traceparentFor } from './place.js';

/** Spans of what a client asks of a session; the start hands its place in the trace on. */
export function traceClient(tracer: Tracer): WorkflowClientInterceptor {
  const spanOf = (name: string, workflowId: string): Span =>
    tracer.startSpan(
      name,
      { kind: SpanKind.CLIENT, attributes: { 'temporal.workflow.id': workflowId } },
      context.active(),
    );
  return {
    startWithDetails: (input, next) => {
      const span = spanOf(`start ${input.workflowType}`, input.options.workflowId);
      const headers = withTraceparent(input.headers, traceparentFor(span.spanContext()));
      return inSpan(span, () => next({ ...input, headers }));
    },
    startUpdate: (input, next) =>
      inSpan(spanOf(`update ${input.updateName}`, input.workflowExecution.workflowId), () => next(input)),
    signal: (input, next) =>
      inSpan(spanOf(`signal ${input.signalName}`, input.workflowExecution.workflowId), () => next(input)),
  };
}
