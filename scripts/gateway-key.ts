import { createHash } from 'node:crypto';

/** A key in the form of `SIGNING_GATEWAY_KEYS`: its name, and its SHA-256 alone. */
export function hashed(name: string, key: string): string {
  return `${name}:${createHash('sha256').update(key).digest('hex')}`;
}
