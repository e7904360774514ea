import { lookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import type { HostAllowlist } from './host-allowlist.js';

/** A name leads to private addresses alone, none of which is listed; nothing was connected to. */
export class PrivateAddressError extends Error {
  override readonly name = 'PrivateAddressError';
}

/**
 * A name lookup for connections that yields only addresses that may be connected to, whatever the name server says. It
 * looks at the moment of connecting, so that no name leads into a private network afterwards. What it cannot see is an
 * address that stands in place of a name: see `isAddress`. Fails with `PrivateAddressError`.
 */
export function createSsrfSafeLookup(hosts: HostAllowlist): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) {
        callback(error, '', 0);
        return;
      }
      const allowed = addresses.filter(({ address }) => hosts.allowsAddress(address));
      const [first] = allowed;
      if (first === undefined) callback(new PrivateAddressError('a private address'), '', 0);
      else if (options.all === true) callback(null, allowed);
      else callback(null, first.address, first.family);
    });
  };
}
