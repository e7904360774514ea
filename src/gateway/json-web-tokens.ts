import { createRemoteJWKSet, customFetch, errors, jwtVerify, type JWTPayload } from 'jose';
import { z } from 'zod';
import type { TokenIssuer } from '../config.js';
import { identifier } from '../domain/text-rules.js';
import { createFetch } from '../network/fetch.js';
import type { Proxies } from '../network/proxies.js';
import type { Caller, Identify } from './caller.js';
import { keepLastKnown, NEVER_BY_ITSELF } from './last-known-keys.js';
import { refusal, type ProblemError } from './problem.js';

/** Signatures by a private key alone: whoever knows the public keys can make none. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'];
const CLOCKS_DIFFER_SECONDS = 30;
const KEYS_ARRIVE_MS = 5_000;

/** What jose throws where the keys are at fault and not the token. */
const KEYS_AT_FAULT = [
  errors.JWKSTimeout.code,
  errors.JWKSInvalid.code,
  errors.JWKInvalid.code,
  errors.JOSEError.code,
];

/** What a token says, where it is one of this identity provider; else `undefined`. */
export type ReadToken = (token: string) => Promise<JWTPayload | undefined>;

export function createTokenReader({ jwksUrl, issuer, audience }: TokenIssuer, proxies?: Proxies): ReadToken {
  const remote = createRemoteJWKSet(new URL(jwksUrl), {
    timeoutDuration: KEYS_ARRIVE_MS,
    [customFetch]: createFetch(proxies, KEYS_ARRIVE_MS),
    ...NEVER_BY_ITSELF,
  });
  const keys = keepLastKnown(remote);
  const rules = {
    issuer,
    audience,
    algorithms: ALGORITHMS,
    requiredClaims: ['exp'],
    clockTolerance: CLOCKS_DIFFER_SECONDS,
  };
  return async (token) => {
    if (token.split('.').length !== 3) return undefined;
    try {
      return (await jwtVerify(token, keys, rules)).payload;
    } catch (error) {
      if (!(error instanceof errors.JOSEError) || KEYS_AT_FAULT.includes(error.code)) throw noKeys();
      return undefined;
    }
  };
}

/** Knows employees by a token of the CRM's identity provider. */
export function createEmployeeTokens(read: ReadToken, employeeClaim: string): Identify {
  return async (token) => {
    const claims = await read(token);
    return claims === undefined ? undefined : callerOf(claims, employeeClaim);
  };
}

/** The vendor's account ids are numbers, which an identity provider may write as such. */
const employee = z.union([
  z.string().refine((text) => identifier(64).test(text)),
  z.int().nonnegative().transform(String),
]);

/** The employee that a token names, if any. */
export function employeeOf(claims: JWTPayload, employeeClaim: string): string | undefined {
  return employee.safeParse(claims[employeeClaim]).data;
}

function callerOf(claims: JWTPayload, employeeClaim: string): Caller | undefined {
  const employeeId = employeeOf(claims, employeeClaim);
  if (employeeId === undefined) return undefined;
  return {
    identity: `gateway/jwt/${employeeId}`,
    employeeId,
    expiresAt: ((claims.exp ?? 0) + CLOCKS_DIFFER_SECONDS) * 1000,
  };
}

function noKeys(): ProblemError {
  const detail =
    'The keys of the identity provider cannot be read at the moment. The same call can be made again.';
  return refusal('no-server', detail, { 'retry-after': '5', connection: 'close' });
}
