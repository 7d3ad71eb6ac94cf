/** Who asks. `tenantId` null = may act for every tenant. */
export interface Principal {
  readonly tokenId: string;
  readonly name: string;
  readonly role: Role;
  readonly tenantId: string | null;
}

export const roles = ['viewer', 'operator', 'approver', 'admin'] as const;
export type Role = (typeof roles)[number];

export type Right = 'read' | 'run' | 'approve' | 'admin';

/** What each role may do. `run` = request and cancel runs; `approve` = review plans; `admin` = tenants, accounts, tokens, sandbox. */
export const rightsOfRole: Record<Role, readonly Right[]> = {
  viewer: ['read'],
  operator: ['read', 'run'],
  approver: ['read', 'approve'],
  admin: ['read', 'run', 'approve', 'admin'],
};

export function hasRight(principal: Principal, right: Right): boolean {
  return rightsOfRole[principal.role].includes(right);
}

/** Who asks, and under which id the request is followed from HTTP to log line to run. */
export interface RequestContext {
  readonly principal: Principal;
  readonly correlationId: string;
}
