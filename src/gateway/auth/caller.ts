import { SigningNotFoundError, type SigningClient } from '../../client/index.js';
import { createProblemError, type ProblemError } from '../http/problem.js';
import type { FastifyInstance, FastifyRequest } from 'fastify';

/** Who makes a call. */
export interface Caller {
  /** As Temporal records who started, resolved or cancelled a session. */
  readonly identity: string;
  /** The one employee whose sessions the caller may see and start; without it, every employee's. */
  readonly employeeId?: string;
  /** When the caller's token ends, in milliseconds since 1970. */
  readonly expiresAt?: number;
}

/** Tells by the token of a call who makes it; `undefined` where this way knows nobody by it. */
export type Authenticator = (token: string) => Promise<Caller | undefined>;

declare module 'fastify' {
  interface FastifyRequest {
    /** Who calls, once that is known: always in a call that needs a key. */
    caller?: Caller;
  }
}

/** Who calls, in a route that needs a key. */
export function getCaller({ caller }: FastifyRequest): Caller {
  if (caller === undefined) throw new Error('This route was added without requireCaller.');
  return caller;
}

/** Lets only callers in that one of the ways knows; for all routes of `app`. */
export function requireAuthentication(app: FastifyInstance, authenticators: readonly Authenticator[]): void {
  app.addHook('onRequest', async (request) => {
    const [, token] = /^Bearer +(\S+) *$/i.exec(request.headers.authorization ?? '') ?? [];
    if (token === undefined) throw unauthorized('This call needs the header "Authorization: Bearer …".', '');
    for (const authenticate of authenticators) {
      const caller = await authenticate(token);
      if (caller === undefined) continue;
      request.caller = caller;
      return;
    }
    throw unauthorized('The key or token is not valid.', ', error="invalid_token"');
  });
}

/**
 * Ends the connection: a caller that nobody knows must not keep one open. Source of the challenge: RFC 6750, section 3.
 */
function unauthorized(detail: string, errorParameter: string): ProblemError {
  const challenge = `Bearer realm="signing"${errorParameter}`;
  return createProblemError('unauthorized', detail, { 'www-authenticate': challenge, connection: 'close' });
}

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
