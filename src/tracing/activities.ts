import { SpanKind, type Link, type Tracer } from '@opentelemetry/api';
import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import { traceparentOf } from '../workflows/trace-header.js';
import { inSpan } from './in-span.js';
import { contextAt, spanContextOf } from './place.js';

/** The one that is attempted for weeks. */
const LOOKS = 'pollDocuments';

/**
 * A span for each attempt of an activity, below its session. Looks for news are traces of their own with a link to the
 * session: else its trace would grow for weeks.
 */
export function traceActivities(tracer: Tracer): ActivityInterceptorsFactory {
  return ({ info }) => ({
    inbound: {
      execute: (input, next) => {
        const { activityType, attempt, workflowExecution } = info;
        const session = traceparentOf(input.headers);
        const apart = activityType === LOOKS && session !== undefined;
        const links: Link[] = apart ? [{ context: spanContextOf(session) }] : [];
        const attributes = {
          'temporal.activity.attempt': attempt,
          'temporal.workflow.id': workflowExecution?.workflowId,
          'temporal.run.id': workflowExecution?.runId,
        };
        const options = { kind: SpanKind.CONSUMER, attributes, links, root: apart };
        return inSpan(tracer.startSpan(activityType, options, contextAt(session)), () => next(input));
      },
    },
  });
}
