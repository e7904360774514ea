import { createRemoteJWKSet, errors, jwtVerify, type JWTPayload } from 'jose';
import { z } from 'zod';
import type { TokenIssuer } from '../config.js';
import { identifier } from '../domain/text-rules.js';
import type { Caller, Identify } from './caller.js';
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

/** Knows employees by a token of the CRM's identity provider. */
export function createTokenReader({ jwksUrl, issuer, audience, employeeClaim }: TokenIssuer): Identify {
  const keys = createRemoteJWKSet(new URL(jwksUrl), { timeoutDuration: KEYS_ARRIVE_MS });
  const rules = {
    issuer,
    audience,
    algorithms: ALGORITHMS,
    requiredClaims: ['exp', employeeClaim],
    clockTolerance: CLOCKS_DIFFER_SECONDS,
  };
  return async (token) => {
    if (token.split('.').length !== 3) return undefined;
    try {
      const { payload } = await jwtVerify(token, keys, rules);
      return callerOf(payload, employeeClaim);
    } catch (error) {
      if (!(error instanceof errors.JOSEError) || KEYS_AT_FAULT.includes(error.code)) throw noKeys();
      return undefined;
    }
  };
}

/** The vendor's account ids are numbers, which an identity provider may write as such. */
const employee = z.union([
  z.string().refine((text) => identifier(64).test(text)),
  z.int().nonnegative().transform(String),
]);

function callerOf(payload: JWTPayload, employeeClaim: string): Caller | undefined {
  const { data: employeeId } = employee.safeParse(payload[employeeClaim]);
  if (employeeId === undefined) return undefined;
  return {
    identity: `gateway/jwt/${employeeId}`,
    employeeId,
    expiresAt: ((payload.exp ?? 0) + CLOCKS_DIFFER_SECONDS) * 1000,
  };
}

function noKeys(): ProblemError {
  const detail =
    'The keys of the identity provider cannot be read at the moment. The same call can be made again.';
  return refusal('no-server', detail, { 'retry-after': '5' });
}
