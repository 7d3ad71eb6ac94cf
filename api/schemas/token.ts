import { z } from 'zod';
import { rights, roles } from '../../src/access/rights.js';
import type { Token } from '../../src/token/token.js';
import { anId, iso, isoOrNull, pageOf, pageQuery, time } from './common.js';

export const tokenParams = z.strictObject({ token_id: anId('`tok_...`') });
export const tokenQuery = z.strictObject(pageQuery(200, 50));

export const createToken = z
  .strictObject({
    name: z.string().trim().min(1).max(100).describe('who or what will use it'),
    role: z.enum(roles),
    rights: z
      .array(z.enum(rights))
      .min(1)
      .max(rights.length)
      .nullable()
      .default(null)
      .describe('fewer than those of the role'),
    tenant_id: anId('binds the token to one tenant').nullable().default(null),
    expires_in_hours: z.int().min(1).max(87_600).nullable().default(null),
  })
  .meta({ id: 'CreateToken' });

export const token = z
  .strictObject({
    token_id: z.string(),
    name: z.string(),
    role: z.enum(roles),
    rights: z.array(z.enum(rights)),
    tenant_id: z.string().nullable(),
    created_at: time,
    expires_at: time.nullable(),
    last_used_at: time.nullable(),
    revoked_at: time.nullable(),
  })
  .meta({ id: 'Token' });

export const tokenPage = pageOf('TokenPage', token);

export const newToken = token
  .extend({ token: z.string().describe('the token itself: told once, stored nowhere') })
  .meta({ id: 'NewToken' });

export function tokenView(one: Token): z.input<typeof token> {
  return {
    token_id: one.tokenId,
    name: one.name,
    role: one.role,
    rights: [...one.rights],
    tenant_id: one.tenantId,
    created_at: iso(one.createdAt),
    expires_at: isoOrNull(one.expiresAt),
    last_used_at: isoOrNull(one.lastUsedAt),
    revoked_at: isoOrNull(one.revokedAt),
  };
}
