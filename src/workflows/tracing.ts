import { type TraceSinks, readTraceparent, withTraceparent } from '../shared/tracing/trace-header.js';
import { proxySinks, workflowInfo, type WorkflowInterceptorsFactory } from '@temporalio/workflow';

const { tracing } = proxySinks<TraceSinks>();

/**
 * Passes the trace of a start on to the signing's calls. It neither waits nor yields, so that a history replays the same
 * with and without tracing.
 */
export const interceptors: WorkflowInterceptorsFactory = () => {
  let signingTraceparent: string | undefined;
  return {
    inbound: [
      {
        execute: (input, next) => {
          const startTraceparent = readTraceparent(input.headers);
          if (startTraceparent !== undefined) {
            signingTraceparent = createSigningTraceparent(startTraceparent);
            tracing.workflowStarted(startTraceparent, signingTraceparent);
          }
          return next(input);
        },
      },
    ],
    outbound: [
      {
        scheduleActivity: (input, next) =>
          next({ ...input, headers: withTraceparent(input.headers, signingTraceparent) }),
        scheduleLocalActivity: (input, next) =>
          next({ ...input, headers: withTraceparent(input.headers, signingTraceparent) }),
        continueAsNew: (input, next) =>
          next({ ...input, headers: withTraceparent(input.headers, signingTraceparent) }),
      },
    ],
  };
};

/** The signing's span id is the end of its run's id: the same in every replay and after a reset. */
function createSigningTraceparent(startTraceparent: string): string {
  const [version = '', traceId = '', , flags = ''] = startTraceparent.split('-');
  const spanId = workflowInfo().originalExecutionRunId.replaceAll('-', '').slice(-16);
  return [version, traceId, spanId, flags].join('-');
}
