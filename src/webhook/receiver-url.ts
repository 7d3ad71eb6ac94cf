import { isIP } from 'node:net';
import { appError } from '../errors/app-error.js';
import { ipRanges, isPublicAddress } from '../lib/ip-ranges.js';

/**
 * Refuses an address that could never be called, as `invalid_request`. Where a name leads is checked with every call
 * (`src/http/outbound.ts`).
 */
export function assertReceiver(text: string, allowedRanges: readonly string[]): void {
  const fault = URL.canParse(text) ? faultOf(new URL(text), allowedRanges) : 'must be an https address';
  if (fault === undefined) return;
  throw appError('invalid_request', `url: ${fault}`, { errors: [{ path: 'url', message: fault }] });
}

function faultOf(url: URL, allowedRanges: readonly string[]): string | undefined {
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && allowedRanges.length > 0))
    return 'must be an https address; http is taken only where OUTBOUND_ALLOWED_RANGES opens a network of your own';
  if (url.username !== '' || url.password !== '')
    return 'must hold no name and no password: the receiver knows Terrace by the signature';
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) !== 0 && !isPublicAddress(host) && !ipRanges(allowedRanges).has(host))
    return `${host} is not of the public internet: an operator opens it by OUTBOUND_ALLOWED_RANGES`;
  return undefined;
}
