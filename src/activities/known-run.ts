import { activityInfo } from '@temporalio/activity';
import { failure } from './failures.js';

/**
 * Refuses a call that must not have its effect twice where Temporal has started the session over, by a reset or a
 * retry: the run before may have made the call. `knownRun` is the run for which it is known that it was not made: the
 * first one, and later the one that was refused here, once the matter is settled.
 */
export function requireKnownRun(call: string, knownRun: string): void {
  const { runId } = currentExecution();
  if (runId === knownRun) return;
  throw failure(
    'OutcomeUnknown',
    `${call}: Temporal has started this session over, and the run before may have made this call already`,
    { runId },
  );
}

/** The run of the workflow that this activity belongs to. */
export function currentExecution(): { readonly workflowId: string; readonly runId: string } {
  const { workflowExecution } = activityInfo();
  if (workflowExecution === undefined)
    throw failure('RequestRejected', 'A signing is started as a workflow.');
  return workflowExecution;
}
