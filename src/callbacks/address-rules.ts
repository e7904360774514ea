import { callbackUrl } from '../domain/text-rules.js';
import { isAddress, type Hosts } from '../network/hosts.js';

/**
 * Why callbacks to this address are not sent, in one sentence without a subject and without anything of the address;
 * `undefined` where they are. Looks up no name: what a name leads to is checked at the moment of connecting.
 */
export function refuseCallbackUrl(url: string, hosts: Hosts): string | undefined {
  if (!callbackUrl.test(url)) return `must be ${callbackUrl.must}`;
  const { hostname } = new URL(url);
  if (!hosts.allowsUrl(new URL(url))) return 'must have a host that is on SIGNING_CALLBACK_HOSTS';
  if (isAddress(hostname) && !hosts.allowsAddress(hostname)) return PRIVATE_ADDRESS;
  return undefined;
}

export const PRIVATE_ADDRESS = 'must not lead to a private address that is not on SIGNING_CALLBACK_HOSTS';
