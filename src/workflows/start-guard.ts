import { defineSearchAttributeKey } from '@temporalio/common';
import { ApplicationFailure, workflowInfo } from '@temporalio/workflow';
import { buildWorkflowId, parseRequestId } from '../domain/workflow-id.js';

/** Set by the server on every workflow that a Schedule starts. */
const SCHEDULED_BY = defineSearchAttributeKey('TemporalScheduledById', 'KEYWORD');

/**
 * Rejects every start that no human triggered, and every start under another workflow id than the request's. The vendor's
 * licence: the workflow "is required to be triggered by a human on a per customer/session basis".
 */
export function assertStartedByHuman(requestId: string): void {
  const { workflowId, taskQueue, parent, cronSchedule, typedSearchAttributes } = workflowInfo();
  const isScheduled = typedSearchAttributes.get(SCHEDULED_BY) !== undefined;
  if (parent !== undefined || cronSchedule || isScheduled) {
    throw createRejection(
      'A signing must be triggered by a human: it cannot be started by a schedule, a cron or another workflow.',
    );
  }
  // The first activity checks the part of the id that names the task queue: in a replay the SDK names another queue here.
  if (requestId !== '' && parseRequestId(workflowId) !== requestId) {
    throw createRejection(
      `This request must be started under the workflow id ${buildWorkflowId(requestId, taskQueue)}, which keeps it from being sent twice.`,
    );
  }
}

/**
 * Whether Temporal has restarted this signing, by a reset or a retry. The run before may have sent it, and the customer
 * may be signing.
 */
export function isReset(): boolean {
  const { runId, firstExecutionRunId } = workflowInfo();
  return runId !== firstExecutionRunId;
}

export const RESET_REASON =
  'Temporal has restarted this signing, and the run before may have created a contract session';

/** Who found fault with the request: the vendor, or this worker. */
type Rejection = 'RequestRejectedByVendor' | 'RequestRejected';

/** Fails the workflow: nothing was sent, and nothing will be. */
export function createRejection(message: string, type: Rejection = 'RequestRejected'): ApplicationFailure {
  return ApplicationFailure.create({ message, type, nonRetryable: true });
}

export function isRejection(error: unknown): boolean {
  const types: readonly unknown[] = ['RequestRejectedByVendor', 'RequestRejected'] satisfies Rejection[];
  return error instanceof ApplicationFailure && types.includes(error.type);
}
