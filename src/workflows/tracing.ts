import type { WorkflowInterceptorsFactory } from '@temporalio/workflow';
import { readTraceparent, withTraceparent } from '../shared/tracing/trace-header.js';

/**
 * Hands the start's place in its trace on to the signing's calls, which become children of the start. The sandbox makes
 * no spans: it neither waits nor yields, so that workers with and without tracing replay the same history.
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
  };
};
