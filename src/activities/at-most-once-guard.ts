import { activityInfo } from '@temporalio/activity';
import { createFailure, toFailure, type FailureContext } from './failures.js';

import { ApplicationFailure } from '@temporalio/common';

/**
 * Refuses a call that must not have its effect twice where Temporal has started the session over, by a reset or a
 * retry: the run before may have made the call. `knownRun` is the run for which it is known that it was not made: the
 * first one, and later the one that was refused here, once the matter is settled.
 */
export function assertNotReset(call: string, safeRunId: string): void {
  const { runId } = getWorkflowExecution();
  if (runId === safeRunId) return;
  throw createFailure(
    'OutcomeUnknown',
    `${call}: Temporal has started this signing over, and the run before may have made this call already`,
    { runId },
  );
}

/** The run of the workflow that this activity belongs to. */
export function getWorkflowExecution(): { readonly workflowId: string; readonly runId: string } {
  const { workflowExecution } = activityInfo();
  if (workflowExecution === undefined)
    throw createFailure('RequestRejected', 'A signing is started as a workflow.');
  return workflowExecution;
}

/** A call that must not have its effect twice. */
export interface NonIdempotentCall {
  /** As failures name it. */
  readonly name: string;
  /** The run of the workflow for which it is known that it was not made before. */
  readonly safeRunId: string;
  /** Whether a heartbeat announces it (announced.ts), so that an attempt without one made no call. */
  readonly isHeartbeatConfirmed?: boolean;
}

/**
 * Makes a call in the first attempt of its activity alone, and only in the known run. No failure lets the server try again,
 * whatever the activity's options say: an operator can change those while the call is under way.
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
 * An operator's reset counts the attempts from one again, but not the time of the first schedule. A pause before the first
 * attempt changes the time of the schedule too; only an announced call tells the two apart.
 */
function assertFirstAttempt({ name, isHeartbeatConfirmed = false }: NonIdempotentCall): void {
  const info = activityInfo();
  const isRescheduled = info.currentAttemptScheduledTimestampMs !== info.scheduledTimestampMs;
  const wasOnlyPaused = isHeartbeatConfirmed && info.heartbeatDetails === undefined;
  if (info.attempt === 1 && (!isRescheduled || wasOnlyPaused)) return;
  throw createFailure(
    'OutcomeUnknown',
    `${name}: Temporal has begun this call once more, and the attempt before may have made it`,
  );
}
