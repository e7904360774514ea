import { createHash, timingSafeEqual } from 'node:crypto';
import type { ApiKeyHash, GatewayConfig } from '../../shared/config/index.js';
import type { Authenticator } from './caller.js';
import {
  createDecryptorAuthenticator,
  createEmployeeAuthenticator,
  createTokenVerifier,
} from './json-web-tokens.js';

/** Identifies callers by a key, of which the configuration has only the hash. Their identity is `{realm}/{key name}`. */
function createKeyAuthenticator(keys: readonly ApiKeyHash[], realm: 'gateway' | 'codec'): Authenticator {
  return (token) => {
    const hash = createHash('sha256').update(token).digest();
    // Compares every key, so that the time does not reveal which one matches.
    const [match] = keys.filter(({ sha256 }) => timingSafeEqual(Buffer.from(sha256, 'hex'), hash));
    return Promise.resolve(match === undefined ? undefined : { identity: `${realm}/${match.name}` });
  };
}

/** Callers of the API and readers of encrypted payloads. A credential for one is not valid for the other. */
interface Authenticators {
  readonly callers: readonly Authenticator[];
  readonly decryptors: readonly Authenticator[];
}

export function createAuthenticators({ keys, tokenIssuer, codec, proxies }: GatewayConfig): Authenticators {
  const byKey = {
    callers: [createKeyAuthenticator(keys, 'gateway')],
    decryptors: [createKeyAuthenticator(codec?.keys ?? [], 'codec')],
  };
  if (tokenIssuer === undefined) return byKey;
  const { employeeClaim } = tokenIssuer;
  const verifyToken = createTokenVerifier(tokenIssuer, proxies);
  return {
    callers: [...byKey.callers, createEmployeeAuthenticator(verifyToken, employeeClaim)],
    decryptors: [
      ...byKey.decryptors,
      ...(codec?.claim === undefined
        ? []
        : [createDecryptorAuthenticator(verifyToken, codec.claim, employeeClaim)]),
    ],
  };
}
