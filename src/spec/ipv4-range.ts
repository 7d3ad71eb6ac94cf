/** Where clouds give a machine its credentials: no pod may ask there, whatever else it may reach. Source: AWS, "Instance metadata". */
export const metadataAddress = '169.254.169.254/32';

/** Whether every address of an IPv4 range is in another; both valid CIDR texts. */
export function rangeHolds(outer: string, inner: string): boolean {
  const [from, size] = boundsOf(outer);
  const [start, length] = boundsOf(inner);
  return start >= from && start + length <= from + size;
}

/** First address and number of addresses; host bits are ignored. */
function boundsOf(range: string): [start: number, length: number] {
  const [address = '', bits = '32'] = range.split('/');
  const length = 2 ** (32 - Number(bits));
  const value = address.split('.').reduce((total, part) => total * 256 + Number(part), 0);
  return [Math.floor(value / length) * length, length];
}
