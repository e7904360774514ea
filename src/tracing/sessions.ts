import { SpanKind, type Tracer } from '@opentelemetry/api';
import type { InjectedSinks } from '@temporalio/worker';
import type { TraceSinks } from '../workflows/tracing.js';
import { contextAt, spanContextOf } from './place.js';

/**
 * A span for each session, from its start until a worker has taken it up; the calls hang below it. It does not last as
 * long as the session: a span is sent when it ends, and the trace would lack its middle for weeks.
 */
export function traceSessions(
  tracer: Tracer,
  withSpanId: (spanId: string, start: () => void) => void,
): InjectedSinks<TraceSinks> {
  return {
    tracing: {
      takenUp: {
        callDuringReplay: false,
        fn: ({ workflowType, workflowId, runId, runStartTime }, start, session) => {
          withSpanId(spanContextOf(session).spanId, () => {
            const attributes = { 'temporal.workflow.id': workflowId, 'temporal.run.id': runId };
            const options = { kind: SpanKind.CONSUMER, startTime: runStartTime, attributes };
            tracer.startSpan(workflowType, options, contextAt(start)).end();
          });
        },
      },
    },
  };
}
