/** In which tenant a caller acts, and with which rights. Pure: what is stored and claimed comes in, a principal goes out. */
import { appError } from '../errors/app-error.js';
import type { Principal } from '../token/principal.js';
import { inOrder, rightsOfRole, type Right, type Role } from './rights.js';

/** A role in one tenant; `tenantId` null = in every tenant. `rights` = fewer than those of the role. */
export interface Membership {
  readonly tenantId: string | null;
  readonly role: Role;
  readonly rights?: readonly Right[];
}

export interface Identity {
  /** `tok_...` or `usr_...`. */
  readonly id: string;
  readonly name: string;
  readonly memberships: readonly Membership[];
}

/** What the caller asked for in the header `Terrace-Tenant`. */
export interface Asked {
  readonly tenantId: string | undefined;
  /** Whether that tenant exists; matters to those alone who may act in every tenant. */
  readonly exists: boolean;
}

/**
 * The principal of a request. Without a wish it acts in all tenants if it may, else in its only one. Throws `forbidden` for a
 * caller without any role, `invalid_request` when it must choose, `not_found` for a tenant in which it has no role.
 */
export function principalOf({ id, name, memberships }: Identity, asked: Asked): Principal {
  if (memberships.length === 0)
    throw appError('forbidden', `${name} has no role here: ask an admin for a grant`);
  const tenantId = asked.tenantId === undefined ? usualTenant(memberships) : asked.tenantId;
  const held = memberships.filter(
    (one) => one.tenantId === tenantId || (one.tenantId === null && asked.exists),
  );
  if (held.length === 0) throw appError('not_found', `no tenant ${tenantId}`);
  return {
    tokenId: id,
    name,
    role: strongest(held.map(({ role }) => role)),
    rights: inOrder(held.flatMap(({ role, rights }) => rights ?? rightsOfRole[role])),
    tenantId,
  };
}

function usualTenant(memberships: readonly Membership[]): string | null {
  const tenants = [...new Set(memberships.map(({ tenantId }) => tenantId))];
  if (tenants.includes(null)) return null;
  const [only, ...others] = tenants;
  if (only !== undefined && others.length === 0) return only;
  const message = `is required, as you have roles in several tenants: ${tenants.sort().join(', ')}`;
  throw appError('invalid_request', `Terrace-Tenant: ${message}`, {
    errors: [{ path: 'Terrace-Tenant', message }],
  });
}

/** Weakest first. */
const strength: readonly Role[] = ['service', 'viewer', 'operator', 'approver', 'admin'];

function strongest(roles: readonly Role[]): Role {
  return [...roles].sort((a, b) => strength.indexOf(b) - strength.indexOf(a))[0] ?? 'viewer';
}
