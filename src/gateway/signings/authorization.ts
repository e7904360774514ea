import { SigningNotFoundError, type SigningClient } from '../../client/index.js';
import type { Caller } from '../auth/caller.js';
import { createProblemError } from '../http/problem.js';

/** The signings as a caller's own acts. */
export type SigningClientFactory = (caller: Caller) => SigningClient;

/** Lets an employee see no session but the own ones: others are not there. @throws SigningNotFoundError */
export async function assertOwnSigning(
  client: SigningClient,
  { employeeId }: Caller,
  requestId: string,
): Promise<void> {
  if (employeeId === undefined) return;
  if ((await client.employeeOf(requestId)) !== employeeId) throw new SigningNotFoundError(requestId);
}

/** The employee to whom a list is limited. @throws ProblemError where another one is asked for */
export function resolveEmployeeId({ employeeId }: Caller, requested: string | undefined): string | undefined {
  if (employeeId === undefined || requested === undefined || requested === employeeId)
    return employeeId ?? requested;
  throw createProblemError(
    'forbidden',
    'The token is another employee’s than the employeeId that the call names.',
  );
}
