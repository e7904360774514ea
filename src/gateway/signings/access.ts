import { SigningNotFoundError, type SigningClient } from '../../starter/index.js';
import type { Caller } from '../caller.js';
import { refusal } from '../problem.js';

/** The signings as a caller's own acts. */
export type SigningsOf = (caller: Caller) => SigningClient;

/** Lets an employee see no session but the own ones: others are not there. @throws SigningNotFoundError */
export async function requireOwnSession(
  signings: SigningClient,
  { employeeId }: Caller,
  requestId: string,
): Promise<void> {
  if (employeeId === undefined) return;
  if ((await signings.employeeOf(requestId)) !== employeeId) throw new SigningNotFoundError(requestId);
}

/** The employee to whom a list is limited. @throws ProblemError where another one is asked for */
export function ownEmployee({ employeeId }: Caller, asked: string | undefined): string | undefined {
  if (employeeId === undefined || asked === undefined || asked === employeeId) return employeeId ?? asked;
  throw refusal('forbidden', 'The token is another employee’s than the employeeId that the call names.');
}
