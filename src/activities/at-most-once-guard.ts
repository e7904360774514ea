import { activityInfo } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { type FailureContext, createFailure, toFailure } from './failures.js';

/**
 * Rejects a call that must not take effect twice in a run that a reset or a retry of the workflow has created: an earlier
 * run may have made the call. `safeRunId` is the run in which the call was certainly not made before: the first run, and
 * later a run that was rejected here, once the workflow has reconciled the call.
 */
function assertNotReset(call: string, safeRunId: string): void {
  const { runId } = getWorkflowExecution();
  if (runId === safeRunId) return;
  throw createFailure(
    'OutcomeUnknown',
    `${call}: Temporal has restarted this signing, and the run before may have made this call already`,
    { runId },
  );
}

/** The workflow run of the current activity. */
export function getWorkflowExecution(): { readonly workflowId: string; readonly runId: string } {
  const { workflowExecution } = activityInfo();
  if (workflowExecution === undefined)
    throw createFailure(
      'RequestRejected',
      'This activity runs in a workflow only: start the signing as a workflow.',
    );
  return workflowExecution;
}

/** A call that must not take effect twice. */
export interface NonIdempotentCall {
  /** The name of the call in failures. */
  readonly name: string;
  /** The workflow run in which the call was certainly not made before. */
  readonly safeRunId: string;
  /** Whether the server confirms a heartbeat before the call (heartbeat.ts). An attempt without one made no call. */
  readonly isHeartbeatConfirmed?: boolean;
}

/**
 * Makes a call in the first attempt of its activity only, and only in the safe run. All failures are non-retryable, since an
 * operator can change the activity's retry policy while the call runs.
 * @throws `OutcomeUnknown` where the call may have been made before
 */
export async function callAtMostOnce<Result>(
  call: NonIdempotentCall,
  context: FailureContext,
  execute: () => Promise<Result>,
): Promise<Result> {
  assertFirstAttempt(call);
  assertNotReset(call.name, call.safeRunId);
  try {
    return await execute();
  } catch (error) {
    throw ApplicationFailure.fromError(toFailure(error, context), { nonRetryable: true });
  }
}

/**
 * After an operator's reset of the activity the attempts count from one again, and the time of the first schedule stays.
 * A pause before the first attempt changes the schedule too; only a confirmed heartbeat tells the two apart.
 */
function assertFirstAttempt({ name, isHeartbeatConfirmed = false }: NonIdempotentCall): void {
  const info = activityInfo();
  const isRescheduled = info.currentAttemptScheduledTimestampMs !== info.scheduledTimestampMs;
  const wasOnlyPaused = isHeartbeatConfirmed && info.heartbeatDetails === undefined;
  if (info.attempt === 1 && (!isRescheduled || wasOnlyPaused)) return;
  throw createFailure(
    'OutcomeUnknown',
    `${name}: Temporal has started this call again, and the attempt before may have made it`,
    { timedOut: true },
  );
}
