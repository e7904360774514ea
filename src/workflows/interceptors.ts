import { type TraceSinks, readTraceparent, withTraceparent } from '../shared/tracing/trace-header.js';
import {
  proxySinks,
  workflowInfo,
  type ActivateInput,
  type Next,
  type WorkflowInterceptorsFactory,
  type WorkflowInternalsInterceptor,
} from '@temporalio/workflow';
import { checkNowSignal } from './messages.js';

const { tracing } = proxySinks<TraceSinks>();

/**
 * Passes the trace of a start on to the signing's calls, and coalesces `checkNow`. Tracing neither waits nor yields, so that
 * a history replays the same with and without it. scripts/bundle-workflows.ts names this module.
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
    internals: [{ activate: coalesceCheckNow }],
  };
};

/** The signing's span id is the end of its run's id: the same in every replay and after a reset. */
function createSigningTraceparent(startTraceparent: string): string {
  const [version = '', traceId = '', , flags = ''] = startTraceparent.split('-');
  const spanId = workflowInfo().originalExecutionRunId.replaceAll('-', '').slice(-16);
  return [version, traceId, spanId, flags].join('-');
}

/**
 * Passes one `checkNow` of a workflow task on and drops its repetitions, which ask for the same poll. Each signal costs the
 * sandbox half a millisecond, so a burst of 10,000 would exceed its limit of five seconds and end the worker.
 */
function coalesceCheckNow(input: ActivateInput, next: Next<WorkflowInternalsInterceptor, 'activate'>): void {
  let hasCheckNow = false;
  const jobs = (input.activation.jobs ?? []).filter(({ signalWorkflow }) => {
    if (signalWorkflow?.signalName !== checkNowSignal.name) return true;
    const isFirst = !hasCheckNow;
    hasCheckNow = true;
    return isFirst;
  });
  next({ ...input, activation: { ...input.activation, jobs } });
}
