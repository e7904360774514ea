import { type JWTPayload, createRemoteJWKSet, customFetch, errors, jwtVerify } from 'jose';
import { z } from 'zod';
import { identifier } from '../../domain/text-rules.js';
import type { RequiredClaim, TokenIssuer } from '../../shared/config/index.js';
import type { ProxyConfig } from '../../shared/http/proxy-config.js';
import { createFetch } from '../../shared/http/request.js';
import { type ProblemError, createProblemError } from '../http/problem.js';
import type { Authenticator, Caller } from './caller.js';

/** Asymmetric algorithms only: public keys cannot create signatures. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'];
const CLOCK_TOLERANCE_SECONDS = 30;
const JWKS_TIMEOUT_MS = 5_000;

/** Errors of jose that concern the keys and not the token. */
const JWKS_ERROR_CODES = [
  errors.JWKSTimeout.code,
  errors.JWKSInvalid.code,
  errors.JWKInvalid.code,
  errors.JOSEError.code,
];

/** The claims of a token of this identity provider; `undefined` if the token is not valid. */
type TokenVerifier = (token: string) => Promise<JWTPayload | undefined>;

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

/** Identifies employees by a token of the CRM's identity provider. */
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
 * Identifies readers of encrypted payloads by a token with this claim; a valid token without it gets 403. The identity is the
 * employee's account id, or else the token's subject; a token without both is not valid.
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
      throw createProblemError('forbidden', 'The owner of this token may not read encrypted payloads.');
    const owner = readEmployeeId(claims, employeeClaim) ?? claims.sub ?? '';
    return SUBJECT_RULE.test(owner) ? { identity: `codec/jwt/${owner}` } : undefined;
  };
}

/** Source: OpenID Connect Core 1.0, section 2. */
const SUBJECT_RULE = identifier(255);

/** The vendor's account ids are numbers, and an identity provider may write them as numbers. */
const employeeIdSchema = z.union([
  z.string().refine((text) => identifier(64).test(text)),
  z.int().nonnegative().transform(String),
]);

/** The employee that a token names, if any. */
function readEmployeeId(claims: JWTPayload, employeeClaim: string): string | undefined {
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
    'The gateway cannot read the keys of the identity provider at the moment. Retry the same request.';
  return createProblemError('no-server', detail, { 'retry-after': '5', connection: 'close' });
}

/** Keys that jose reads on demand only. */
type RemoteJwks = ReturnType<typeof createRemoteJWKSet>;

/** Stops jose from refreshing keys automatically: `cacheJwks` decides when to refresh them. */
const MANUAL_REFRESH = { cacheMaxAge: Infinity, cooldownDuration: Infinity };

/** The interval between refreshes: a withdrawn key is valid for at most this long. */
const REFRESH_MS = 10 * 60_000;

/** The minimum pause between two attempts while keys are known, so that callers cannot trigger refreshes at will. */
const RETRY_MS = 10_000;

/** How long known keys stay valid during an outage of the identity provider. */
const MAX_AGE_MS = 24 * 60 * 60_000;

/**
 * The keys of an identity provider; during an outage, the last known ones. A token with an unknown key triggers an immediate
 * refresh. Throws what jose throws, or the reason why the keys cannot be read if none are known.
 */
function cacheJwks(remote: RemoteJwks): (...token: Parameters<RemoteJwks>) => ReturnType<RemoteJwks> {
  const lastTimes = { refreshed: -Infinity, attempted: -Infinity, unknownKeyRefreshed: -Infinity };
  let lastError: Error | undefined;
  const refresh = async (): Promise<void> => {
    lastTimes.attempted = Date.now();
    try {
      await remote.reload();
      lastTimes.refreshed = Date.now();
      lastError = undefined;
    } catch (error) {
      lastError = error instanceof Error ? error : new Error(String(error));
    }
  };
  const hasElapsed = (since: number, ms: number): boolean => Date.now() - since > ms;

  return async (...token) => {
    if (hasElapsed(lastTimes.refreshed, MAX_AGE_MS)) {
      await refresh();
      if (lastError !== undefined) throw lastError;
    } else if (hasElapsed(lastTimes.refreshed, REFRESH_MS) && hasElapsed(lastTimes.attempted, RETRY_MS))
      await refresh();
    try {
      return await remote(...token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      if (hasElapsed(lastTimes.unknownKeyRefreshed, RETRY_MS)) {
        lastTimes.unknownKeyRefreshed = Date.now();
        await refresh();
      }
      // The key may be a new one that the cache does not know yet.
      if (lastError !== undefined) throw lastError;
      return remote(...token);
    }
  };
}
