import { beating } from './beating.js';
import type { ActivityDependencies } from './dependencies.js';
import { toFailure } from './failures.js';
import { requireKnownRun } from './known-run.js';
import { personalValues } from './redact.js';
import type { SessionRef } from './session-ref.js';

/** The hand-over, where it is configured; given one attempt by its policy, and never cancelled in flight. */
export function createHandOverSession({ flexperto, secrets }: ActivityDependencies) {
  return async (session: SessionRef, knownRun: string): Promise<void> => {
    requireKnownRun('hand over', knownRun);
    const { employeeId, sessionId } = session;
    try {
      await beating(() => flexperto.handOver({ employeeId }, sessionId));
    } catch (error) {
      throw toFailure(error, { hidden: [...secrets, ...personalValues(session.participants)] });
    }
  };
}
