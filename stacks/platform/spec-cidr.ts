/** An IPv4 range as numbers: its first address and its size in addresses. */
export interface Range {
  readonly first: number;
  readonly size: number;
  readonly prefix: number;
}

/** The range of a text such as `10.0.0.0/16`, or undefined when it is none or does not start at a border of its size. */
export function rangeOf(cidr: string): Range | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(cidr);
  if (match === null) return undefined;
  const [a = 0, b = 0, c = 0, d = 0, prefix = 0] = match.slice(1).map(Number);
  if ([a, b, c, d].some((byte) => byte > 255) || prefix > 32) return undefined;
  const first = ((a * 256 + b) * 256 + c) * 256 + d;
  const size = 2 ** (32 - prefix);
  return first % size === 0 ? { first, size, prefix } : undefined;
}

/** Whether two ranges share an address. */
export function overlap(a: Range, b: Range): boolean {
  return a.first < b.first + b.size && b.first < a.first + a.size;
}

export interface SubnetRanges {
  /** A /20 each. */
  readonly private: readonly string[];
  /** A /24 each. */
  readonly public: readonly string[];
}

const privateSize = 2 ** 12;
const publicSize = 2 ** 8;

/** The subnets of a network of /16 to /18, one of each kind a zone: private ones from the bottom, public ones in the last /20. A zone more
 *  moves none of the others. */
export function subnetRanges(cidr: string, zones: number): SubnetRanges {
  const range = rangeOf(cidr);
  if (range === undefined || range.size < privateSize * (zones + 1))
    throw new Error(`the range ${cidr} has no room for ${zones} zones`);
  const top = range.first + range.size - privateSize;
  const each = Array.from({ length: zones }, (_, index) => index);
  return {
    private: each.map((index) => `${address(range.first + index * privateSize)}/20`),
    public: each.map((index) => `${address(top + index * publicSize)}/24`),
  };
}

function address(value: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');
}
