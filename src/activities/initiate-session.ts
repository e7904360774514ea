import type { SigningRequest } from '../domain/request.js';
import { beating } from './beating.js';
import type { ActivityDependencies } from './dependencies.js';
import { toFailure } from './failures.js';
import { requireKnownRun } from './known-run.js';
import { personalValues } from './redact.js';

/** Call 1; given one attempt by its policy, and never cancelled in flight. Returns the id of the contract session. */
export function createInitiateSession({ flexperto, secrets }: ActivityDependencies) {
  return async (
    request: Pick<SigningRequest, 'employeeId' | 'name' | 'method' | 'participants'>,
    knownRun: string,
  ): Promise<number> => {
    requireKnownRun('initiate', knownRun);
    const hidden = [...secrets, ...personalValues(request.participants)];
    try {
      return await beating(() => flexperto.initiateSession({ employeeId: request.employeeId }, request));
    } catch (error) {
      throw toFailure(error, { hidden });
    }
  };
}
