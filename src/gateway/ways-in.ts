import type { GatewayConfig } from '../config.js';
import { createBearerKeys } from './bearer-keys.js';
import type { Identify } from './caller.js';
import { createReaderTokens } from './codec/reader-tokens.js';
import { createEmployeeTokens, createTokenReader } from './json-web-tokens.js';

/** How callers of the gateway are known, and how those who may read what is encrypted: neither are the other. */
export interface WaysIn {
  readonly callers: readonly Identify[];
  readonly readers: readonly Identify[];
}

export function waysIn({ keys, tokenIssuer, codec, proxies }: GatewayConfig): WaysIn {
  const byKey = {
    callers: [createBearerKeys(keys, 'gateway')],
    readers: [createBearerKeys(codec?.keys ?? [], 'codec')],
  };
  if (tokenIssuer === undefined) return byKey;
  const { employeeClaim } = tokenIssuer;
  const read = createTokenReader(tokenIssuer, proxies);
  return {
    callers: [...byKey.callers, createEmployeeTokens(read, employeeClaim)],
    readers: [
      ...byKey.readers,
      ...(codec?.claim === undefined ? [] : [createReaderTokens(read, codec.claim, employeeClaim)]),
    ],
  };
}
