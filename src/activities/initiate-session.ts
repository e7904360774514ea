import type { SigningRequest } from '../domain/request.js';
import { announced } from './announced.js';
import type { ActivityDependencies } from './dependencies.js';
import { personalValues } from './redact.js';
import { unrepeatable } from './unrepeatable.js';

/** Call 1; made in one attempt, and never cancelled in flight. Returns the id of the contract session. */
export function createInitiateSession({
  flexperto,
  secrets,
}: Pick<ActivityDependencies, 'flexperto' | 'secrets'>) {
  return (
    request: Pick<SigningRequest, 'employeeId' | 'name' | 'method' | 'participants'>,
    knownRun: string,
  ): Promise<number> => {
    const { employeeId, participants } = request;
    let calledAt: number | undefined;
    const context = {
      hidden: [...secrets, ...personalValues(participants)],
      get sinceCallMs() {
        return calledAt === undefined ? undefined : performance.now() - calledAt;
      },
    };
    return unrepeatable({ name: 'initiate', knownRun, isAnnounced: true }, context, () =>
      announced('initiate', () => {
        calledAt = performance.now();
        return flexperto.initiateSession({ employeeId }, request);
      }),
    );
  };
}
