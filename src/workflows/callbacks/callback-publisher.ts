import {
  CancellationScope,
  getExternalWorkflowHandle,
  log,
  startChild,
  workflowInfo,
} from '@temporalio/workflow';
import { type StatusChange, createQueue, detectStatusChange } from '../../domain/callbacks.js';
import type { SigningRequest } from '../../domain/request.js';
import type { SigningStatus } from '../../domain/status.js';
import { buildCallbacksWorkflowId } from '../../domain/workflow-id.js';
import { CALLBACKS_WORKFLOW_TYPE, statusChangeSignal } from '../messages.js';
import { BACKGROUND_PRIORITY } from '../priorities.js';
import type { signingCallbacks } from './signing-callbacks.js';

/**
 * Passes the changes of a signing to its callbacks workflow, in order. Never throws, and the signing waits for it only at
 * the end of a run: a failing callback never stops a signing.
 */
export interface CallbackPublisher {
  publish(before: SigningStatus, after: SigningStatus, isRejection: boolean): void;
  /** Resolves when the server has every change. */
  flushed(): Promise<void>;
  /** Whether the callbacks workflow was started; for the next run. */
  readonly started: true | undefined;
}

/** `started`: by the run before. A request without a callback URL adds nothing to the history. */
export function createCallbackPublisher({ callbackUrl }: SigningRequest, started?: true): CallbackPublisher {
  let isStarted = started;
  let flushed = Promise.resolve();
  return {
    publish: (before, after, isRejection) => {
      if (callbackUrl === undefined || callbackUrl === '') return;
      const change = detectStatusChange(before, after, isRejection);
      if (change === undefined) return;
      const send =
        isStarted === undefined
          ? () => startOrSignalCallbacks(callbackUrl, change)
          : () => signalCallbacks(change);
      isStarted = true;
      // The CRM is notified of a cancellation, too.
      flushed = flushed.then(() => CancellationScope.nonCancellable(send)).catch(logUndelivered);
    },
    flushed: () => flushed,
    get started() {
      return isStarted;
    },
  };
}

/** Where Temporal has started the signing over, the callbacks workflow exists already. */
function startOrSignalCallbacks(url: string, change: StatusChange): Promise<void> {
  return startCallbacks(url, change).catch(() => signalCallbacks(change));
}

async function startCallbacks(url: string, change: StatusChange): Promise<void> {
  const { workflowId, firstExecutionRunId } = workflowInfo();
  await startChild<typeof signingCallbacks>(CALLBACKS_WORKFLOW_TYPE, {
    workflowId: buildCallbacksWorkflowId(workflowId),
    args: [{ url, workflowId, signingRunId: firstExecutionRunId }, createQueue(change)],
    // It outlives the signing, and no order number is used twice.
    parentClosePolicy: 'ABANDON',
    workflowIdReusePolicy: 'REJECT_DUPLICATE',
    staticSummary: `Callbacks of ${workflowId}`,
    priority: BACKGROUND_PRIORITY,
  });
}

async function signalCallbacks(change: StatusChange): Promise<void> {
  const { workflowId, firstExecutionRunId } = workflowInfo();
  const callbacks = getExternalWorkflowHandle(buildCallbacksWorkflowId(workflowId));
  await callbacks.signal(statusChangeSignal, firstExecutionRunId, change);
}

/** The callbacks workflow can also have ended: after a 410, or terminated by an operator. */
function logUndelivered(error: unknown): void {
  log.warn('the CRM is not notified of a change', {
    reason: error instanceof Error ? error.name : 'unknown',
  });
}
