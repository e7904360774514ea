import { proxySinks, workflowInfo, type Sinks, type WorkflowInterceptorsFactory } from '@temporalio/workflow';
import { traceparentOf, withTraceparent } from './trace-header.js';

/** What the worker makes a span of; the sandbox itself knows no tracing. */
export interface TraceSinks extends Sinks {
  tracing: {
    /** A session was taken up. Both are `traceparent`s: where its start stands, and where the session itself. */
    takenUp(start: string, session: string): void;
  };
}

const { tracing } = proxySinks<TraceSinks>();

/**
 * Hands the trace of a start on to the session's calls. Where the start brings none, nothing happens here. Neither
 * waits nor yields, so that a session whose workers trace takes the same way as one whose workers do not.
 */
export const interceptors: WorkflowInterceptorsFactory = () => {
  let session: string | undefined;
  return {
    inbound: [
      {
        execute: (input, next) => {
          const start = traceparentOf(input.headers);
          if (start !== undefined) {
            session = sessionIn(start);
            tracing.takenUp(start, session);
          }
          return next(input);
        },
      },
    ],
    outbound: [
      {
        scheduleActivity: (input, next) =>
          next({ ...input, headers: withTraceparent(input.headers, session) }),
        scheduleLocalActivity: (input, next) =>
          next({ ...input, headers: withTraceparent(input.headers, session) }),
        continueAsNew: (input, next) => next({ ...input, headers: withTraceparent(input.headers, session) }),
      },
    ],
  };
};

/** The session's place in the trace: its span id is the end of its run's id, the same in every replay and after a reset. */
function sessionIn(start: string): string {
  const [version = '', traceId = '', , flags = ''] = start.split('-');
  const spanId = workflowInfo().originalExecutionRunId.replaceAll('-', '').slice(-16);
  return [version, traceId, spanId, flags].join('-');
}
