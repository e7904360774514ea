import { beating } from './beating.js';
import type { ActivityDependencies } from './dependencies.js';
import { personalValues } from './redact.js';
import type { SessionRef } from './session-ref.js';
import { unrepeatable } from './unrepeatable.js';

/** The hand-over, where it is configured; made in one attempt, and never cancelled in flight. */
export function createHandOverSession({ flexperto, secrets }: ActivityDependencies) {
  return (session: SessionRef, knownRun: string): Promise<void> => {
    const { employeeId, sessionId } = session;
    const context = { hidden: [...secrets, ...personalValues(session.participants)] };
    return unrepeatable({ name: 'hand over', knownRun }, context, () =>
      beating(() => flexperto.handOver({ employeeId }, sessionId)),
    );
  };
}
