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
 * (`10.1.2.3`, `10.1.0.0/16`), separated by commas. A private address is allowed only where it, or a range around it,
 * is listed, whatever name led to it.
 */
export function parseHosts(list: readonly string[]): Hosts {
  const entries = list.map(normal).filter((entry) => entry !== '');
  const ranges = entries.flatMap(parseRange);
  return {
    allowsUrl: (url) => entries.includes(url.host.toLowerCase()) || entries.includes(unbracket(url.host)),
    allowsAddress: (address) => {
      const parsed = ipaddr.process(unbracket(address));
      return isPublic(parsed) || ranges.some((range) => matches(parsed, range));
    },
  };
}

/** As the host of an https address is written once it has been parsed: in lower case, without the default port. */
function normal(entry: string): string {
  return entry
    .trim()
    .toLowerCase()
    .replace(/(?<=^[^:]+|\]):443$/, '');
}

/** Whether a host in an address is an IP address, which no name lookup will check. */
export function isAddress(hostname: string): boolean {
  return ipaddr.isValid(unbracket(hostname));
}

type Address = ReturnType<typeof ipaddr.process>;
/** The only IPv6 addresses given out to the public; what lies outside is called unicast too, such as ::7f00:1. */
const GLOBAL_UNICAST = ipaddr.parseCIDR('2000::/3');

function isPublic(address: Address): boolean {
  return address.range() === 'unicast' && (address.kind() === 'ipv4' || matches(address, GLOBAL_UNICAST));
}

type Range = readonly [Address, number];

function parseRange(entry: string): Range[] {
  if (ipaddr.isValidCIDR(entry)) return [ipaddr.parseCIDR(entry)];
  const address = unbracket(entry.replace(/^(\[.*\]|[\d.]+):\d+$/, '$1'));
  if (!ipaddr.isValid(address)) return [];
  const parsed = ipaddr.process(address);
  return [[parsed, parsed.kind() === 'ipv4' ? 32 : 128]];
}

function matches(address: Address, [network, bits]: Range): boolean {
  return address.kind() === network.kind() && address.match(network, bits);
}

function unbracket(host: string): string {
  return host.replace(/^\[(.*)\]$/, '$1');
}
