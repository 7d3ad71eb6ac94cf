import { z } from 'zod';
import type { Grant } from '../../src/access/grant.js';
import { roles } from '../../src/access/rights.js';
import { anId, iso, isoOrNull, pageOf, pageQuery, time } from './common.js';

const subject = z
  .string()
  .regex(/^[\x20-\x7e]{1,255}$/, { error: 'must be 1 to 255 visible ASCII characters' })
  .describe('`sub` of the person at the identity provider');

export const grantParams = z.strictObject({ grant_id: anId('`gr_...`') });
export const grantQuery = z.strictObject({ ...pageQuery(200, 50), subject: subject.optional() });

export const createGrant = z
  .strictObject({
    subject,
    role: z.enum(roles),
    tenant_id: anId('in this tenant; null = in every tenant').nullable().default(null),
    note: z.string().trim().max(200).nullable().default(null).describe('who it is, or what it is for'),
    expires_in_hours: z.int().min(1).max(87_600).nullable().default(null),
  })
  .meta({ id: 'CreateGrant' });

export const grant = z
  .strictObject({
    grant_id: z.string(),
    issuer: z.string(),
    subject: z.string(),
    role: z.enum(roles),
    tenant_id: z.string().nullable(),
    note: z.string().nullable(),
    granted_by: z.string(),
    created_at: time,
    expires_at: time.nullable(),
    revoked_at: time.nullable(),
  })
  .meta({ id: 'Grant' });

export const grantPage = pageOf('GrantPage', grant);

export function grantView(one: Grant): z.input<typeof grant> {
  return {
    grant_id: one.grantId,
    issuer: one.issuer,
    subject: one.subject,
    role: one.role,
    tenant_id: one.tenantId,
    note: one.note,
    granted_by: one.grantedBy,
    created_at: iso(one.createdAt),
    expires_at: isoOrNull(one.expiresAt),
    revoked_at: isoOrNull(one.revokedAt),
  };
}

export const me = z
  .strictObject({
    caller_id: z.string().describe('`tok_...` of a token, `usr_...` of a person'),
    name: z.string(),
    role: z.enum(roles),
    rights: z.array(z.string()),
    tenant_id: z.string().nullable().describe('null = every tenant'),
  })
  .meta({ id: 'Me' });
