import { activityInfo } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { failure, toFailure, type FailureContext } from './failures.js';
import { requireKnownRun } from './known-run.js';

/** A call that must not have its effect twice. */
export interface UnrepeatableCall {
  /** As failures name it. */
  readonly name: string;
  /** The run of the workflow for which it is known that it was not made before. */
  readonly knownRun: string;
  /** Whether a heartbeat announces it (announced.ts), so that an attempt without one made no call. */
  readonly isAnnounced?: boolean;
}

/**
 * Makes a call in the first attempt of its activity alone, and only in the known run. No failure lets the server try again,
 * whatever the activity's options say: an operator can change those while the call is under way.
 * @throws `OutcomeUnknown` where the call may have been made before
 */
export async function unrepeatable<Result>(
  call: UnrepeatableCall,
  context: FailureContext,
  make: () => Promise<Result>,
): Promise<Result> {
  requireFirstAttempt(call);
  requireKnownRun(call.name, call.knownRun);
  try {
    return await make();
  } catch (error) {
    throw ApplicationFailure.fromError(toFailure(error, context), { nonRetryable: true });
  }
}

/**
 * An operator's reset counts the attempts from one again, but not the time of the first schedule. A pause before the first
 * attempt changes the time of the schedule too; only an announced call tells the two apart.
 */
function requireFirstAttempt({ name, isAnnounced = false }: UnrepeatableCall): void {
  const info = activityInfo();
  const isRescheduled = info.currentAttemptScheduledTimestampMs !== info.scheduledTimestampMs;
  const wasPausedOnly = isAnnounced && info.heartbeatDetails === undefined;
  if (info.attempt === 1 && (!isRescheduled || wasPausedOnly)) return;
  throw failure(
    'OutcomeUnknown',
    `${name}: Temporal has begun this call once more, and the attempt before may have made it`,
  );
}
