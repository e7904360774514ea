import type { SigningRequest } from '../domain/request.js';
import { announced } from './announced.js';
import type { ActivityDependencies } from './dependencies.js';
import { toFailure } from './failures.js';
import { requireKnownRun } from './known-run.js';
import { personalValues } from './redact.js';

/** Call 1; given one attempt by its policy, and never cancelled in flight. Returns the id of the contract session. */
export function createInitiateSession({
  flexperto,
  secrets,
}: Pick<ActivityDependencies, 'flexperto' | 'secrets'>) {
  return async (
    request: Pick<SigningRequest, 'employeeId' | 'name' | 'method' | 'participants'>,
    knownRun: string,
  ): Promise<number> => {
    requireKnownRun('initiate', knownRun);
    const hidden = [...secrets, ...personalValues(request.participants)];
    try {
      const { employeeId } = request;
      return await announced('initiate', () => flexperto.initiateSession({ employeeId }, request));
    } catch (error) {
      throw toFailure(error, { hidden });
    }
  };
}
