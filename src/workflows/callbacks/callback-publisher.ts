import {
  CancellationScope,
  getExternalWorkflowHandle,
  log,
  startChild,
  workflowInfo,
} from '@temporalio/workflow';
import { detectStatusChange, type StatusChange } from '../../domain/callback-event.js';
import { createQueue } from '../../domain/callback-queue.js';
import type { SigningRequest } from '../../domain/request.js';
import type { SigningStatus } from '../../domain/status.js';
import { CALLBACKS_WORKFLOW_TYPE, statusChangeSignal } from '../messages.js';
import { buildCallbacksWorkflowId } from '../../domain/workflow-id.js';
import type { signingCallbacks } from './signing-callbacks.js';

/**
 * Passes the news of a session on to its callbacks workflow, in order. Never throws and is never waited for but at the
 * end of a run: a session goes its way whatever becomes of the callbacks.
 */
export interface CallbackPublisher {
  publish(before: SigningStatus, after: SigningStatus, rejected: boolean): void;
  /** Resolves when the server has all that was told. */
  flushed(): Promise<void>;
  /** Whether the callbacks workflow was started; for the run that continues this one. */
  readonly started: true | undefined;
}

/** `started`: by the run before. A request without an address for callbacks adds nothing to the history. */
export function createCallbackPublisher({ callbackUrl }: SigningRequest, started?: true): CallbackPublisher {
  let isStarted = started;
  let flushed = Promise.resolve();
  return {
    publish: (before, after, rejected) => {
      if (callbackUrl === undefined || callbackUrl === '') return;
      const change = detectStatusChange(before, after, rejected);
      if (change === undefined) return;
      const send =
        isStarted === undefined
          ? () => startOrSignalCallbacks(callbackUrl, change)
          : () => signalCallbacks(change);
      isStarted = true;
      // A session that is being cancelled has news as well.
      flushed = flushed.then(() => CancellationScope.nonCancellable(send)).catch(logUndelivered);
    },
    flushed: () => flushed,
    get started() {
      return isStarted;
    },
  };
}

/** There is a callbacks workflow already where Temporal has started the session over. */
function startOrSignalCallbacks(url: string, change: StatusChange): Promise<void> {
  return startCallbacks(url, change).catch(() => signalCallbacks(change));
}

async function startCallbacks(url: string, change: StatusChange): Promise<void> {
  const { workflowId, firstExecutionRunId } = workflowInfo();
  await startChild<typeof signingCallbacks>(CALLBACKS_WORKFLOW_TYPE, {
    workflowId: buildCallbacksWorkflowId(workflowId),
    args: [{ url, workflowId, signingRunId: firstExecutionRunId }, createQueue(change)],
    // It outlives the session, and an order number is given once.
    parentClosePolicy: 'ABANDON',
    workflowIdReusePolicy: 'REJECT_DUPLICATE',
    staticSummary: `Callbacks of ${workflowId}`,
  });
}

async function signalCallbacks(change: StatusChange): Promise<void> {
  const { workflowId, firstExecutionRunId } = workflowInfo();
  const callbacks = getExternalWorkflowHandle(buildCallbacksWorkflowId(workflowId));
  await callbacks.signal(statusChangeSignal, firstExecutionRunId, change);
}

/** Also where the callbacks have ended, after a 410 or by somebody's hand. */
function logUndelivered(error: unknown): void {
  log.warn('a CRM is not told of a change', { reason: error instanceof Error ? error.name : 'unknown' });
}
