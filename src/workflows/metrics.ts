import { metricMeter, workflowInfo } from '@temporalio/workflow';
import type { FailureKind } from '../domain/call-failure.js';
import type { CallbackType } from '../domain/callbacks.js';
import type { FinalState, Step } from '../domain/status.js';

// A replay counts nothing. The number of label values is bounded.

/** A signing has ended; `rejected`: the request was at fault and nothing was sent. */
export function countSigningEnd(outcome: FinalState | 'rejected'): void {
  incrementCounter('signing_sessions_ended', 'Signings that have ended', { outcome });
}

/** A signing begins to wait for a person's decision. */
export function countAttention(step: Step): void {
  incrementCounter('signing_attentions', 'Times that a signing began to need attention', { step });
}

/** An upload URL is replaced before all documents are uploaded. */
export function countUrlRefresh(reason: FailureKind): void {
  incrementCounter('signing_upload_url_refreshes', 'Upload URLs that were replaced by a fresh one', {
    reason,
  });
}

/** The CRM has not accepted a callback in time. */
export function countCallbackGivenUp(type: CallbackType): void {
  incrementCounter('signing_callbacks_given_up', 'Callbacks that were given up', { type });
}

function incrementCounter(name: string, description: string, labels: Record<string, string>): void {
  // The SDK labels its own metrics task_queue, but a workflow's taskQueue.
  const { taskQueue } = workflowInfo();
  metricMeter.createCounter(name, '', description).add(1, { ...labels, task_queue: taskQueue });
}
