import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type SigningClient, SigningNotFoundError } from '../../client/index.js';
import { type ProblemError, createProblemError } from '../http/problem.js';

/** The one who makes a request. */
export interface Caller {
  /** The identity that Temporal records with each start, decision and cancellation. */
  readonly identity: string;
  /** The only employee whose signings the caller may see and start; if absent, those of all employees. */
  readonly employeeId?: string;
  /** When the caller's token expires, in milliseconds since 1970. */
  readonly expiresAt?: number;
}

/** Identifies the caller by the bearer token of a request; `undefined` if the token is not valid here. */
export type Authenticator = (token: string) => Promise<Caller | undefined>;

declare module 'fastify' {
  interface FastifyRequest {
    /** Set after authentication: always in a route that needs a key. */
    caller?: Caller;
  }
}

/** The caller of a route that needs a key. */
export function getCaller({ caller }: FastifyRequest): Caller {
  if (caller === undefined) throw new Error('This route was added without requireAuthentication.');
  return caller;
}

/** Rejects requests that no authenticator accepts; for all routes of `app`. */
export function requireAuthentication(app: FastifyInstance, authenticators: readonly Authenticator[]): void {
  app.addHook('onRequest', async (request) => {
    const [, token] = /^Bearer +(\S+) *$/i.exec(request.headers.authorization ?? '') ?? [];
    if (token === undefined)
      throw unauthorized('This request needs the header "Authorization: Bearer …".', '');
    for (const authenticate of authenticators) {
      const caller = await authenticate(token);
      if (caller === undefined) continue;
      request.caller = caller;
      return;
    }
    throw unauthorized('The key or token is not valid.', ', error="invalid_token"');
  });
}

/** Closes the connection: an unknown caller must not keep one open. Source of the challenge: RFC 6750, section 3. */
function unauthorized(detail: string, errorParameter: string): ProblemError {
  const challenge = `Bearer realm="signing"${errorParameter}`;
  return createProblemError('unauthorized', detail, { 'www-authenticate': challenge, connection: 'close' });
}

/** Creates a client whose actions Temporal records under the caller's identity. */
export type SigningClientFactory = (caller: Caller) => SigningClient;

/** Limits an employee to the own signings. @throws SigningNotFoundError for a signing of another employee */
export async function assertOwnSigning(
  client: SigningClient,
  { employeeId }: Caller,
  requestId: string,
): Promise<void> {
  if (employeeId === undefined) return;
  if ((await client.employeeOf(requestId)) !== employeeId) throw new SigningNotFoundError(requestId);
}

/** The employee to whom a request is limited. @throws ProblemError if it names an employee other than the caller */
export function resolveEmployeeId({ employeeId }: Caller, requested: string | undefined): string | undefined {
  if (employeeId === undefined || requested === undefined || requested === employeeId)
    return employeeId ?? requested;
  throw createProblemError(
    'forbidden',
    'The request names an employeeId that differs from the owner of the token.',
  );
}
