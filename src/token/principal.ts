import { appError } from '../errors/app-error.js';
import type { Right, Role } from '../access/rights.js';

/** Who asks. `tenantId` null = may act for every tenant. */
export interface Principal {
  /** The token's id, or of a person the `usr_...` of issuer and subject: stable from request to request. */
  readonly tokenId: string;
  readonly name: string;
  readonly role: Role;
  /** Those of the role, or fewer. */
  readonly rights: readonly Right[];
  readonly tenantId: string | null;
}

export function hasRight(principal: Principal, right: Right): boolean {
  return principal.rights.includes(right);
}

/** Nobody gives away what it does not hold. Throws `forbidden`. */
export function assertHolds(principal: Principal, given: readonly Right[]): void {
  const lacking = given.filter((right) => !hasRight(principal, right));
  if (lacking.length > 0)
    throw appError('forbidden', `you cannot give rights that you lack: ${lacking.join(', ')}`);
}

/** Who asks, and under which id the request is followed from HTTP to log line to run. */
export interface RequestContext {
  readonly principal: Principal;
  readonly correlationId: string;
}
