import { createHash, timingSafeEqual } from 'node:crypto';
import type { GatewayKey } from '../config.js';
import type { Identify } from './caller.js';

/** Knows callers by a key, of which the configuration has only the hash. Their identity is `{door}/{name of the key}`. */
export function createBearerKeys(keys: readonly GatewayKey[], door: 'gateway' | 'codec'): Identify {
  return (token) => {
    const hash = createHash('sha256').update(token).digest();
    // Every key is compared, so that the time tells nothing of which one fits.
    const [known] = keys.filter(({ sha256 }) => timingSafeEqual(Buffer.from(sha256, 'hex'), hash));
    return Promise.resolve(known === undefined ? undefined : { identity: `${door}/${known.name}` });
  };
}
