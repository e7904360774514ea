import { metricMeter, workflowInfo } from '@temporalio/workflow';
import type { FailureKind } from '../domain/call-failure.js';
import type { CallbackType } from '../domain/callback-event.js';
import type { FinalState, Step } from '../domain/status.js';

// Counted by the worker that carries a session on, never in a replay. The number of label values is bounded.

/** A session has ended; `rejected`: the request was at fault and nothing was sent. */
export function countSigningEnd(outcome: FinalState | 'rejected'): void {
  incrementCounter('signing_sessions_ended', 'Sessions that have ended', { outcome });
}

/** A session waits for a human. */
export function countAttention(step: Step): void {
  incrementCounter('signing_attentions', 'Times that a session began to need attention', { step });
}

/** An upload URL is replaced before all documents are uploaded. */
export function countUrlRefresh(reason: FailureKind): void {
  incrementCounter('signing_upload_url_refreshes', 'Upload URLs that were replaced by a fresh one', {
    reason,
  });
}

/** A callback was given up: the CRM has not accepted it in time. */
export function countCallbackGivenUp(type: CallbackType): void {
  incrementCounter('signing_callbacks_given_up', 'Callbacks that were given up', { type });
}

function incrementCounter(name: string, description: string, labels: Record<string, string>): void {
  // The SDK's own metrics call it task_queue, and what a workflow counts taskQueue.
  const { taskQueue } = workflowInfo();
  metricMeter.createCounter(name, '', description).add(1, { ...labels, task_queue: taskQueue });
}
