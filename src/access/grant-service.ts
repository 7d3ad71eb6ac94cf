import type { Db } from '../db/db.js';
import { inTransaction } from '../db/db.js';
import { appError } from '../errors/app-error.js';
import { systemClock, type Clock } from '../lib/clock.js';
import { newId } from '../lib/ids.js';
import type { Page, PageRequest } from '../lib/page.js';
import { assertTenantStays } from '../tenant/tenant-state.js';
import { getTenant } from '../tenant/tenant-store.js';
import { assertHolds, type RequestContext } from '../token/principal.js';
import { insertGrant, listGrants, revokeGrant } from './grant-store.js';
import type { CreateGrant, Grant } from './grant.js';
import { rightsOfRole } from './rights.js';

const hourMs = 3_600_000;

/** Grants are made, listed and revoked by admins; an admin bound to a tenant sees and makes that tenant's grants alone. */
export interface GrantService {
  /**
   * Throws `no_identity_provider`, `not_found` for an unknown tenant, `forbidden` for rights the giver lacks, `name_taken` when
   * the same grant is in force.
   */
  create(ctx: RequestContext, command: CreateGrant): Promise<Grant>;
  list(
    ctx: RequestContext,
    page: PageRequest & { readonly subject?: string | undefined },
  ): Promise<Page<Grant>>;
  /** At once: the next request of the person is refused. Throws `not_found`. */
  revoke(ctx: RequestContext, grantId: string): Promise<Grant>;
}

export interface GrantServiceProps {
  readonly db: Db;
  /** Undefined = people cannot sign in here. */
  readonly issuer: string | undefined;
  readonly clock?: Clock;
}

export function createGrantService({ db, issuer, clock = systemClock }: GrantServiceProps): GrantService {
  return {
    create: async (ctx, command) => {
      if (issuer === undefined)
        throw appError(
          'no_identity_provider',
          'no identity provider is set: set OIDC_ISSUER and OIDC_AUDIENCE',
        );
      const { subject, role, note, expiresInHours } = command;
      const tenantId = command.tenantId ?? ctx.principal.tenantId;
      assertHolds(ctx.principal, rightsOfRole[role]);
      if (tenantId !== null) assertTenantStays(await getTenant(db, ctx.principal.tenantId, tenantId));
      const now = clock.now();
      const { grant, made } = await inTransaction(db, (tx) =>
        insertGrant(
          tx,
          {
            grantId: newId('grant'),
            issuer,
            subject,
            role,
            tenantId,
            note,
            grantedBy: ctx.principal.name,
            expiresAt: expiresInHours === null ? null : new Date(now.getTime() + expiresInHours * hourMs),
          },
          now,
        ),
      );
      if (made) return grant;
      const where = tenantId === null ? 'every tenant' : `tenant ${tenantId}`;
      throw appError('name_taken', `${subject} is ${role} in ${where} already, by grant ${grant.grantId}`);
    },
    list: (ctx, page) => listGrants(db, ctx.principal.tenantId, page),
    revoke: async (ctx, grantId) => {
      const grant = await revokeGrant(db, ctx.principal.tenantId, { grantId, now: clock.now() });
      if (grant === undefined) throw appError('not_found', `no grant ${grantId}`);
      return grant;
    },
  };
}
