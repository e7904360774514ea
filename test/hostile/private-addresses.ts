import fc from 'fast-check';

/** The IPv4 ranges that do not exist on the internet: the machine itself, its networks, its cloud. */
const PRIVATE = [
  [0, 8], [10, 8], [127, 8], [(100 << 8) | 64, 10], [(169 << 8) | 254, 16], [(172 << 8) | 16, 12], [(192 << 8) | 168, 16],
  [(198 << 8) | 18, 15], [224, 4], [240, 4],
] as const; // prettier-ignore

/** A private IPv4 address as a number of 32 bits. */
export const privateIpv4: fc.Arbitrary<number> = fc
  .tuple(fc.constantFrom(...PRIVATE), fc.noBias(fc.nat(0xffff_ffff)))
  .map(([[prefix, bits], rest]) => {
    const network = (prefix < 256 ? prefix * 2 ** 24 : prefix * 2 ** 16) >>> 0;
    const mask = (0xffff_ffff << (32 - bits)) >>> 0;
    return ((network & mask) | (rest & ~mask)) >>> 0;
  });

const bytesOf = (ip: number): number[] => [ip >>> 24, (ip >>> 16) & 255, (ip >>> 8) & 255, ip & 255];
const hex = (ip: number): string => `${(ip >>> 16).toString(16)}:${(ip & 0xffff).toString(16)}`;
const dotted = (ip: number): string => bytesOf(ip).join('.');

/** The IPv6 addresses that lead to an IPv4 address, by one mechanism or another. */
export const toIpv6Forms = (ip: number): readonly string[] => [
  `::ffff:${hex(ip)}`, `::ffff:${dotted(ip)}`, `0:0:0:0:0:ffff:${hex(ip)}`, `::${hex(ip)}`, `::${dotted(ip)}`,
  `::ffff:0:${hex(ip)}`, `64:ff9b::${hex(ip)}`, `64:ff9b:1::${hex(ip)}`, `2002:${hex(ip)}::1`, `2001:0:${hex(ip)}::1`,
  `fe80::5efe:${hex(ip)}`,
]; // prettier-ignore

/** The notations of an IPv4 address that programs accept as the host of a URL. */
export const toHostForms = (ip: number): readonly string[] => {
  const bytes = bytesOf(ip);
  const [first = 0, second = 0] = bytes;
  return [
    dotted(ip), String(ip), `0x${ip.toString(16)}`, `0${ip.toString(8)}`, bytes.map((byte) => `0${byte.toString(8)}`).join('.'),
    bytes.map((byte) => `0x${byte.toString(16)}`).join('.'), `${first}.${ip & 0xff_ffff}`, `${first}.${second}.${ip & 0xffff}`,
    bytes.map((byte) => String(byte).padStart(4, '0')).join('.'), `${dotted(ip)}.`, dotted(ip).replaceAll('.', '\u3002'),
    dotted(ip).replace(/\d/g, (digit) => String.fromCodePoint(0xff10 + Number(digit))),
    dotted(ip).replaceAll('.', '%2e'), ...toIpv6Forms(ip).map((form) => `[${form}]`), `[fe80::${hex(ip)}%25eth0]`, `[::${hex(ip)}%eth0]`,
  ];
}; // prettier-ignore
