import type {
  ActivateInput,
  Next,
  WorkflowInterceptorsFactory,
  WorkflowInternalsInterceptor,
} from '@temporalio/workflow';
import { readTraceparent, withTraceparent } from '../shared/tracing/trace-header.js';
import { checkNowSignal } from './messages.js';

/**
 * Passes the start's place in its trace on to the signing's calls, and coalesces `checkNow`. The sandbox makes no spans: it
 * neither waits nor yields, so that a history replays the same with and without tracing. scripts/bundle-workflows.ts names
 * this module.
 */
export const interceptors: WorkflowInterceptorsFactory = () => {
  let traceparent: string | undefined;
  return {
    inbound: [
      {
        execute: (input, next) => {
          traceparent = readTraceparent(input.headers);
          return next(input);
        },
      },
    ],
    outbound: [
      {
        scheduleActivity: (input, next) =>
          next({ ...input, headers: withTraceparent(input.headers, traceparent) }),
        scheduleLocalActivity: (input, next) =>
          next({ ...input, headers: withTraceparent(input.headers, traceparent) }),
        continueAsNew: (input, next) =>
          next({ ...input, headers: withTraceparent(input.headers, traceparent) }),
      },
    ],
    internals: [{ activate: coalesceCheckNow }],
  };
};

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
