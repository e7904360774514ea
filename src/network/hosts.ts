import ipaddr from 'ipaddr.js';

/** Which hosts may be asked: those that an administrator has listed. */
export interface Hosts {
  /** Whether an address may be asked at all: its host and port are listed. */
  allowsUrl(url: URL): boolean;
  /** Whether a connection to an IP address may be made: it is public, or listed itself. */
  allowsAddress(address: string): boolean;
}

/**
 * Reads `SIGNING_DOCUMENT_HOSTS` and `SIGNING_CALLBACK_HOSTS`: host names (`docs.bank.example`, `docs.bank.example:8443`), addresses and ranges
 * (`10.1.2.3`, `10.1.0.0/16`), separated by commas, in any spelling. A private address is allowed only where it, or a
 * range around it, is listed, whatever name led to it.
 */
export function parseHosts(list: readonly string[]): Hosts {
  const entries = list.map((entry) => entry.trim()).filter((entry) => entry !== '');
  const listed = new Set(entries.flatMap((entry) => listedHost(entry) ?? []));
  const ranges = entries.map(parseRange).filter((range) => range !== undefined);
  return {
    allowsUrl: (url) => listed.has(hostOf(url)),
    allowsAddress: (address) => {
      const parsed = ipaddr.process(unbracket(address));
      return isPublic(parsed) || ranges.some((range) => isWithin(parsed, range));
    },
  };
}

/** Whether a host in an address is an IP address, which no name lookup will check. */
export function isAddress(hostname: string): boolean {
  return ipaddr.isValid(canonicalHost(hostname));
}

/** Whether a host in an address is this machine. */
export function isLoopback(hostname: string): boolean {
  const host = canonicalHost(hostname);
  return host === 'localhost' || (ipaddr.isValid(host) && ipaddr.parse(host).range() === 'loopback');
}

/**
 * The one spelling of a host for comparisons: names in lower case and ASCII without a dot at the end, addresses in
 * their shortest form without brackets, an IPv4 address in IPv6 as IPv4. As `URL` has read it, or an address alone.
 */
export function canonicalHost(hostname: string): string {
  const bare = unbracket(hostname).toLowerCase().replace(/\.$/, '');
  return ipaddr.isValid(bare) ? ipaddr.process(bare).toString() : bare;
}

/** Addresses from one to another, as CIDR notation has them; one address is a range, too. */
export type Range = readonly [ReturnType<typeof ipaddr.process>, number];

/** The range that an address or a CIDR notation means, with or without a port; `undefined`: it is neither. */
export function parseRange(entry: string): Range | undefined {
  if (ipaddr.isValidCIDR(entry)) return plainRange(ipaddr.parseCIDR(entry));
  const host = listedUrl(entry)?.hostname ?? '';
  if (!isAddress(host)) return undefined;
  const address = ipaddr.process(canonicalHost(host));
  return [address, address.kind() === 'ipv4' ? 32 : 128];
}

/** Whether an address is one of a range. */
export function isWithin(address: Range[0], [network, bits]: Range): boolean {
  return address.kind() === network.kind() && address.match(network, bits);
}

/** Host and port as they are compared: the default port of https is left out. */
function hostOf({ hostname, port }: URL): string {
  return `${canonicalHost(hostname)} ${port}`;
}

function listedHost(entry: string): string | undefined {
  const url = listedUrl(entry);
  return url === undefined ? undefined : hostOf(url);
}

/** `URL` brings every spelling into one; an IPv6 address may come without its brackets. */
function listedUrl(entry: string): URL | undefined {
  const text = `https://${ipaddr.IPv6.isValid(entry) ? `[${entry}]` : entry}`;
  return URL.canParse(text) ? new URL(text) : undefined;
}

/** The only IPv6 addresses given out to the public; what lies outside is called unicast too, such as ::7f00:1. */
const GLOBAL_UNICAST = ipaddr.parseCIDR('2000::/3');

function isPublic(address: Range[0]): boolean {
  return address.range() === 'unicast' && (address.kind() === 'ipv4' || isWithin(address, GLOBAL_UNICAST));
}

/** A range of IPv4 addresses that is written in IPv6. */
function plainRange([network, bits]: Range): Range {
  const mapped = network instanceof ipaddr.IPv6 && network.isIPv4MappedAddress() && bits >= 96;
  return mapped ? [network.toIPv4Address(), bits - 96] : [network, bits];
}

function unbracket(host: string): string {
  return host.replace(/^\[(.*)\]$/, '$1');
}
