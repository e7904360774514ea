import ipaddr from 'ipaddr.js';

/** The hosts that an administrator has listed. */
export interface HostAllowlist {
  /** Whether the host and port of a URL are listed. */
  allowsUrl(url: URL): boolean;
  /** Whether an IP address is public or listed itself. */
  allowsAddress(address: string): boolean;
}

/**
 * Reads `SIGNING_DOCUMENT_HOSTS` and `SIGNING_CALLBACK_HOSTS`: host names (`docs.bank.example`, `docs.bank.example:8443`), addresses and ranges
 * (`10.1.2.3`, `10.1.0.0/16`) in any spelling. A private address is allowed only if it or its range is listed, whatever
 * name leads to it.
 */
export function parseHostAllowlist(list: readonly string[]): HostAllowlist {
  const entries = list.map((entry) => entry.trim()).filter((entry) => entry !== '');
  const allowedHosts = new Set(entries.flatMap((entry) => parseHostEntry(entry) ?? []));
  const ranges = entries.map(parseIpRange).filter((range) => range !== undefined);
  return {
    allowsUrl: (url) => allowedHosts.has(toHostKey(url)),
    allowsAddress: (address) => {
      const parsed = ipaddr.process(stripBrackets(address));
      return isPublicAddress(parsed) || ranges.some((range) => isInRange(parsed, range));
    },
  };
}

/** Whether the host of a URL is an IP address, which no name lookup will check. */
export function isIpAddress(hostname: string): boolean {
  return ipaddr.isValid(normalizeHost(hostname));
}

/** Whether the host of a URL is this machine. */
export function isLoopback(hostname: string): boolean {
  const host = normalizeHost(hostname);
  return host === 'localhost' || (ipaddr.isValid(host) && ipaddr.parse(host).range() === 'loopback');
}

/**
 * The canonical form of a URL's host or of an address: names in lower case without a dot at the end, addresses in their
 * shortest form without brackets, an IPv4 address in IPv6 as IPv4.
 */
export function normalizeHost(hostname: string): string {
  const bare = stripBrackets(hostname).toLowerCase().replace(/\.$/, '');
  return ipaddr.isValid(bare) ? ipaddr.process(bare).toString() : bare;
}

/** A network and its prefix length, as in CIDR notation. One address is a range too. */
export type IpRange = readonly [ReturnType<typeof ipaddr.process>, number];

/** Reads an address, with or without a port, or CIDR notation; `undefined` if it is neither. */
export function parseIpRange(entry: string): IpRange | undefined {
  if (ipaddr.isValidCIDR(entry)) return unmapIpv4Range(ipaddr.parseCIDR(entry));
  const host = parseEntryUrl(entry)?.hostname ?? '';
  if (!isIpAddress(host)) return undefined;
  const address = ipaddr.process(normalizeHost(host));
  return [address, address.kind() === 'ipv4' ? 32 : 128];
}

/** Whether an address is in a range. */
export function isInRange(address: IpRange[0], [network, bits]: IpRange): boolean {
  return address.kind() === network.kind() && address.match(network, bits);
}

/** Host and port for comparisons, without the default port of https. */
function toHostKey({ hostname, port }: URL): string {
  return `${normalizeHost(hostname)} ${port}`;
}

function parseHostEntry(entry: string): string | undefined {
  const url = parseEntryUrl(entry);
  return url === undefined ? undefined : toHostKey(url);
}

/** `URL` normalizes every spelling; an IPv6 address may come without its brackets. */
function parseEntryUrl(entry: string): URL | undefined {
  const text = `https://${ipaddr.IPv6.isValid(entry) ? `[${entry}]` : entry}`;
  return URL.canParse(text) ? new URL(text) : undefined;
}

/** The only public IPv6 addresses. ipaddr.js calls others unicast too, such as ::7f00:1. */
const GLOBAL_UNICAST = ipaddr.parseCIDR('2000::/3');

function isPublicAddress(address: IpRange[0]): boolean {
  return address.range() === 'unicast' && (address.kind() === 'ipv4' || isInRange(address, GLOBAL_UNICAST));
}

/** Turns a range of IPv4 addresses in IPv6 notation into an IPv4 range. */
function unmapIpv4Range([network, bits]: IpRange): IpRange {
  const isMapped = network instanceof ipaddr.IPv6 && network.isIPv4MappedAddress() && bits >= 96;
  return isMapped ? [network.toIPv4Address(), bits - 96] : [network, bits];
}

function stripBrackets(host: string): string {
  return host.replace(/^\[(.*)\]$/, '$1');
}
