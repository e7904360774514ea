import type { WorkflowInterceptorsFactory } from '@temporalio/workflow';
import { checkNowSignal } from './messages.js';

/**
 * Passes one `checkNow` of a workflow task on and drops its repetitions, which ask for the same poll. Each signal costs the
 * sandbox half a millisecond, so a burst of 10,000 would exceed its limit of five seconds and end the worker.
 */
export const interceptors: WorkflowInterceptorsFactory = () => ({
  internals: [
    {
      activate: (input, next) => {
        let hasCheckNow = false;
        const jobs = (input.activation.jobs ?? []).filter(({ signalWorkflow }) => {
          if (signalWorkflow?.signalName !== checkNowSignal.name) return true;
          const isFirst = !hasCheckNow;
          hasCheckNow = true;
          return isFirst;
        });
        next({ ...input, activation: { ...input.activation, jobs } });
      },
    },
  ],
});
