import { defaultPayloadConverter, type Headers } from '@temporalio/common';
import type { WorkflowInterceptorsFactory } from '@temporalio/workflow';

/** Unlike a memo, a header is not decoded where sessions are listed; unlike an argument, it is not copied with the input. */
const HEADER = 'signing-used-ids';

/** Says of a start that the server was told to refuse an id that was used before, so that nobody need look for one. */
export function withUsedIdsRefused(headers: Headers): Headers {
  return { ...headers, [HEADER]: defaultPayloadConverter.toPayload('refused') };
}

let refused = false;

/** Whether this session's start said so. */
export function areUsedIdsRefused(): boolean {
  return refused;
}

/** Each workflow has this module for itself. */
export const interceptors: WorkflowInterceptorsFactory = () => ({
  inbound: [
    {
      execute: (input, next) => {
        refused = HEADER in input.headers;
        return next(input);
      },
    },
  ],
});
