/** Sets of IP ranges, of both families. An IPv4 address in IPv6 clothes (`::ffff:10.0.0.1`) is the IPv4 address. */
import { BlockList, isIP } from 'node:net';

export interface IpRanges {
  has(address: string): boolean;
}

/** Ranges such as `10.0.0.0/8`, `fc00::/7`, or one address. Throws `TypeError` for what is none of these. */
export function ipRanges(texts: readonly string[]): IpRanges {
  const list = new BlockList();
  for (const text of texts) {
    const range = parse(text);
    if (range === undefined) throw new TypeError(`${text} is no range of IP addresses`);
    list.addSubnet(range.address, range.bits, range.family);
  }
  return {
    has: (address) => {
      const family = isIP(address);
      return family !== 0 && list.check(address, family === 4 ? 'ipv4' : 'ipv6');
    },
  };
}

export function isIpRange(text: string): boolean {
  return parse(text) !== undefined;
}

function parse(text: string) {
  const match = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text);
  const address = match?.[1] ?? '';
  const version = isIP(address);
  const width = version === 4 ? 32 : 128;
  const bits = Number(match?.[2] ?? width);
  if (version === 0 || bits > width) return undefined;
  return { address, bits, family: version === 4 ? ('ipv4' as const) : ('ipv6' as const) };
}

/**
 * Not for everybody: loopback, private, link-local (there are the credentials of machines), shared, multicast, documentation and
 * other special ranges. Sources: IANA's special-purpose address registries, RFC 6890.
 */
const specialIpv4 = ipRanges([
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/3',
]);
const globalIpv6 = ipRanges(['2000::/3']);
/** Among them tunnels that carry an IPv4 address inside: Teredo, 6to4. */
const specialIpv6 = ipRanges(['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20']);

/** Whether an address is of the public internet. */
export function isPublicAddress(address: string): boolean {
  if (isIP(address) === 4) return !specialIpv4.has(address);
  return isIP(address) === 6 && globalIpv6.has(address) && !specialIpv6.has(address);
}
