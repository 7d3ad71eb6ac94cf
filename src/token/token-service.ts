import { rightsOfRole, type Right, type Role } from '../access/rights.js';
import type { Db } from '../db/db.js';
import { appError } from '../errors/app-error.js';
import { systemClock, type Clock } from '../lib/clock.js';
import { newId } from '../lib/ids.js';
import type { Page, PageRequest } from '../lib/page.js';
import { assertTenantStays } from '../tenant/tenant-state.js';
import { getTenant } from '../tenant/tenant-store.js';
import { assertHolds, type RequestContext } from './principal.js';
import { findTokenByHash, insertToken, listTokens, revokeToken, touchToken } from './token-store.js';
import {
  hashToken,
  isTokenText,
  newTokenText,
  type Authentication,
  type CreateToken,
  type Token,
} from './token.js';

const hourMs = 3_600_000;

/** Tokens are made, listed and revoked by admins; an admin bound to a tenant sees and makes that tenant's tokens alone. */
export interface TokenService {
  /**
   * `text` is told here and never again. Throws `not_found` for an unknown tenant, `invalid_request` for rights that the role
   * lacks, `forbidden` for rights that the maker lacks.
   */
  create(ctx: RequestContext, command: CreateToken): Promise<{ token: Token; text: string }>;
  list(ctx: RequestContext, page: PageRequest): Promise<Page<Token>>;
  /** Throws `not_found`. */
  revoke(ctx: RequestContext, tokenId: string): Promise<Token>;
  /** Who holds this token, or why nobody does. */
  authenticate(text: string): Promise<Authentication>;
}

export function createTokenService(db: Db, clock: Clock = systemClock): TokenService {
  return {
    create: async (ctx, command) => {
      const tenantId = command.tenantId ?? ctx.principal.tenantId;
      if (tenantId !== null) assertTenantStays(await getTenant(db, ctx.principal.tenantId, tenantId));
      const { name, role, rights, expiresInHours } = command;
      assertOfRole(role, rights ?? []);
      assertHolds(ctx.principal, rights ?? rightsOfRole[role]);
      const expiresAt =
        expiresInHours === null ? null : new Date(clock.now().getTime() + expiresInHours * hourMs);
      const text = newTokenText();
      const tokenId = newId('token');
      return {
        token: await insertToken(db, {
          tokenId,
          tokenHash: hashToken(text),
          name,
          role,
          rights,
          tenantId,
          expiresAt,
        }),
        text,
      };
    },
    list: (ctx, page) => listTokens(db, ctx.principal.tenantId, page),
    revoke: async (ctx, tokenId) => {
      const token = await revokeToken(db, ctx.principal.tenantId, { tokenId, now: clock.now() });
      if (token === undefined) throw appError('not_found', `no token ${tokenId}`);
      return token;
    },
    authenticate: (text) => authenticate(db, clock, text),
  };
}

function assertOfRole(role: Role, rights: readonly Right[]): void {
  const odd = rights.filter((right) => !rightsOfRole[role].includes(right));
  if (odd.length === 0) return;
  const message = `${odd.join(', ')} is beyond the role ${role}: choose from ${rightsOfRole[role].join(', ')}`;
  throw appError('invalid_request', `rights: ${message}`, { errors: [{ path: 'rights', message }] });
}

async function authenticate(db: Db, clock: Clock, text: string): Promise<Authentication> {
  if (!isTokenText(text)) return { refused: 'garbled' };
  const token = await findTokenByHash(db, hashToken(text));
  if (token === undefined) return { refused: 'unknown' };
  const now = clock.now();
  if (token.expiresAt !== null && token.expiresAt <= now)
    return { refused: 'expired', expiredAt: token.expiresAt };
  if (token.lastUsedAt === null || now.getTime() - token.lastUsedAt.getTime() >= 60_000)
    await touchToken(db, token.tokenId, now);
  const { tokenId, name, role, rights, tenantId } = token;
  return { principal: { tokenId, name, role, rights, tenantId } };
}
