import { beating } from './beating.js';
import type { ActivityDependencies } from './dependencies.js';
import { toFailure } from './failures.js';
import { requireKnownRun } from './known-run.js';
import type { SessionRef } from './request-upload-url.js';

/** The hand-over, where it is configured; given one attempt by its policy, and never cancelled in flight. */
export function createHandOverSession({ flexperto, secrets }: ActivityDependencies) {
  return async ({ employeeId, sessionId }: SessionRef, knownRun: string): Promise<void> => {
    requireKnownRun('hand over', knownRun);
    try {
      await beating(() => flexperto.handOver({ employeeId }, sessionId));
    } catch (error) {
      throw toFailure(error, { hidden: secrets });
    }
  };
}
