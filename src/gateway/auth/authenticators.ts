import { createHash, timingSafeEqual } from 'node:crypto';
import type { ApiKeyHash, GatewayConfig } from '../../shared/config/index.js';
import type { Authenticator } from './caller.js';

import {
  createDecryptorAuthenticator,
  createEmployeeAuthenticator,
  createTokenVerifier,
} from './json-web-tokens.js';

/** Knows callers by a key, of which the configuration has only the hash. Their identity is `{door}/{name of the key}`. */
export function createKeyAuthenticator(
  keys: readonly ApiKeyHash[],
  realm: 'gateway' | 'codec',
): Authenticator {
  return (token) => {
    const hash = createHash('sha256').update(token).digest();
    // Every key is compared, so that the time tells nothing of which one fits.
    const [known] = keys.filter(({ sha256 }) => timingSafeEqual(Buffer.from(sha256, 'hex'), hash));
    return Promise.resolve(known === undefined ? undefined : { identity: `${realm}/${known.name}` });
  };
}

/** How callers of the gateway are known, and how those who may read what is encrypted: neither are the other. */
export interface Authenticators {
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
