import { errors, createRemoteJWKSet, customFetch, jwtVerify, type JWTPayload } from 'jose';
import type { RequiredClaim, TokenIssuer } from '../../shared/config.js';
import { identifier } from '../../domain/text-rules.js';
import type { Authenticator, Caller } from './caller.js';
import { createProblemError, type ProblemError } from '../http/problem.js';

import { z } from 'zod';
import { createFetch } from '../../shared/http/fetch.js';
import type { ProxyConfig } from '../../shared/http/proxy-config.js';

/** Signatures by a private key alone: whoever knows the public keys can make none. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'];
const CLOCK_TOLERANCE_SECONDS = 30;
const JWKS_TIMEOUT_MS = 5_000;

/** What jose throws where the keys are at fault and not the token. */
const JWKS_ERROR_CODES = [
  errors.JWKSTimeout.code,
  errors.JWKSInvalid.code,
  errors.JWKInvalid.code,
  errors.JOSEError.code,
];

/** What a token says, where it is one of this identity provider; else `undefined`. */
export type TokenVerifier = (token: string) => Promise<JWTPayload | undefined>;

export function createTokenVerifier(
  { jwksUrl, issuer, audience }: TokenIssuer,
  proxies?: ProxyConfig,
): TokenVerifier {
  const remote = createRemoteJWKSet(new URL(jwksUrl), {
    timeoutDuration: JWKS_TIMEOUT_MS,
    [customFetch]: createFetch(proxies, JWKS_TIMEOUT_MS),
    ...MANUAL_REFRESH,
  });
  const keys = cacheJwks(remote);
  const options = {
    issuer,
    audience,
    algorithms: ALGORITHMS,
    requiredClaims: ['exp'],
    clockTolerance: CLOCK_TOLERANCE_SECONDS,
  };
  return async (token) => {
    if (token.split('.').length !== 3) return undefined;
    try {
      return (await jwtVerify(token, keys, options)).payload;
    } catch (error) {
      if (!(error instanceof errors.JOSEError) || JWKS_ERROR_CODES.includes(error.code))
        throw jwksUnavailable();
      return undefined;
    }
  };
}

/** Knows employees by a token of the CRM's identity provider. */
export function createEmployeeAuthenticator(
  verifyToken: TokenVerifier,
  employeeClaim: string,
): Authenticator {
  return async (token) => {
    const claims = await verifyToken(token);
    return claims === undefined ? undefined : toCaller(claims, employeeClaim);
  };
}

/**
 * Knows those who may read what is encrypted by a token with this claim; anybody else's is refused with 403. Its owner is
 * named by the employee's account id, or else by the token's subject: a token without both opens nothing.
 */
export function createDecryptorAuthenticator(
  verifyToken: TokenVerifier,
  { name, value }: RequiredClaim,
  employeeClaim: string,
): Authenticator {
  return async (token) => {
    const claims = await verifyToken(token);
    if (claims === undefined) return undefined;
    if (![claims[name]].flat().includes(value))
      throw createProblemError('forbidden', 'The owner of this token may not read what is encrypted.');
    const owner = readEmployeeId(claims, employeeClaim) ?? claims.sub ?? '';
    return SUBJECT_RULE.test(owner) ? { identity: `codec/jwt/${owner}` } : undefined;
  };
}

/** Source: OpenID Connect Core 1.0, section 2. */
const SUBJECT_RULE = identifier(255);

/** The vendor's account ids are numbers, which an identity provider may write as such. */
const employeeIdSchema = z.union([
  z.string().refine((text) => identifier(64).test(text)),
  z.int().nonnegative().transform(String),
]);

/** The employee that a token names, if any. */
export function readEmployeeId(claims: JWTPayload, employeeClaim: string): string | undefined {
  return employeeIdSchema.safeParse(claims[employeeClaim]).data;
}

function toCaller(claims: JWTPayload, employeeClaim: string): Caller | undefined {
  const employeeId = readEmployeeId(claims, employeeClaim);
  if (employeeId === undefined) return undefined;
  return {
    identity: `gateway/jwt/${employeeId}`,
    employeeId,
    expiresAt: ((claims.exp ?? 0) + CLOCK_TOLERANCE_SECONDS) * 1000,
  };
}

function jwksUnavailable(): ProblemError {
  const detail =
    'The keys of the identity provider cannot be read at the moment. The same call can be made again.';
  return createProblemError('no-server', detail, { 'retry-after': '5', connection: 'close' });
}

/** Keys that jose reads when it is told to, and not by itself. */
export type RemoteJwks = ReturnType<typeof createRemoteJWKSet>;

/** With these jose keeps what it has read: when it is read anew is decided here. */
export const MANUAL_REFRESH = { cacheMaxAge: Infinity, cooldownDuration: Infinity };

/** After which the keys are read again, so that a key that was withdrawn opens nothing any more. */
const REFRESH_MS = 10 * 60_000;

/** At least between two tries to read them, while there are known ones: nobody can make the gateway ask at will. */
const RETRY_MS = 10_000;

/** How long known keys count while the identity provider cannot be asked; longer outages are rare. */
const MAX_AGE_MS = 24 * 60 * 60_000;

/**
 * The keys of an identity provider, the last known ones while it does not answer. A token with an unknown key has them
 * read at once. Throws what jose throws, and where the keys cannot be read and none are known the reason for that.
 */
export function cacheJwks(remote: RemoteJwks): (...token: Parameters<RemoteJwks>) => ReturnType<RemoteJwks> {
  const lastTimes = { read: -Infinity, tried: -Infinity, askedForNew: -Infinity };
  let lastError: Error | undefined;
  const refresh = async (): Promise<void> => {
    lastTimes.tried = Date.now();
    try {
      await remote.reload();
      lastTimes.read = Date.now();
      lastError = undefined;
    } catch (error) {
      lastError = error instanceof Error ? error : new Error(String(error));
    }
  };
  const hasElapsed = (since: number, ms: number): boolean => Date.now() - since > ms;

  return async (...token) => {
    if (hasElapsed(lastTimes.read, MAX_AGE_MS)) {
      await refresh();
      if (lastError !== undefined) throw lastError;
    } else if (hasElapsed(lastTimes.read, REFRESH_MS) && hasElapsed(lastTimes.tried, RETRY_MS))
      await refresh();
    try {
      return await remote(...token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      if (hasElapsed(lastTimes.askedForNew, RETRY_MS)) {
        lastTimes.askedForNew = Date.now();
        await refresh();
      }
      // Whether the key is a new one cannot be said.
      if (lastError !== undefined) throw lastError;
      return remote(...token);
    }
  };
}
