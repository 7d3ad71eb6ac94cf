import { z } from 'zod';
import type { ChainVerdict } from '../../src/audit/audit-chain.js';
import { auditResults, type AuditEntry, type AuditFilter, type AuditRow } from '../../src/audit/audit.js';
import { anId, pageOf, pageQuery } from './common.js';

const moment = z.iso.datetime({ offset: true });
const hash = z.string().regex(/^[0-9a-f]{64}$/, { error: 'must be 64 lower-case hex digits' });

export const auditQuery = z.strictObject({
  ...pageQuery(1000, 100),
  tenant_id: anId('of this tenant').optional(),
  actor: z.string().max(100).optional().describe('id of a token or person, or `system`'),
  action: z.string().max(200).optional().describe('such as `POST /api/v1/runs/{run_id}/approve`'),
  target: z.string().max(200).optional().describe('id of the thing acted on'),
  result: z.enum(auditResults).optional(),
  from: moment.optional().describe('not before'),
  to: moment.optional().describe('before'),
});

export const verifyQuery = z
  .strictObject({
    sequence: z.coerce.number().int().min(1).optional().describe('of a head kept from before'),
    sha256: hash.optional().describe('of that head'),
  })
  .refine(({ sequence, sha256 }) => (sequence === undefined) === (sha256 === undefined), {
    error: 'sequence and sha256 go together',
  });

const nullableText = z.string().nullable();

export const auditRow = z
  .strictObject({
    sequence: z.int(),
    at: z.string(),
    actor_id: nullableText.describe('null = no valid token was shown'),
    actor_name: nullableText,
    action: z.string(),
    target: nullableText,
    tenant_id: nullableText,
    ip: nullableText,
    request_id: nullableText,
    result: z.enum(auditResults),
    status: z.int().nullable(),
    code: nullableText,
    detail: nullableText,
    before: z.unknown(),
    after: z.unknown(),
    repeated: z.int().describe('further refusals of the same kind that this line stands for'),
    previous_sha256: hash,
    sha256: hash.describe('see docs/audit.md for how it is made'),
  })
  .meta({ id: 'AuditRow' });

export const auditPage = pageOf('AuditPage', auditRow);

export const verdict = z
  .strictObject({
    intact: z.boolean(),
    rows: z.int().describe('rows walked'),
    head: z.strictObject({ sequence: z.int(), sha256: hash }).nullable().describe('keep it somewhere else'),
    fault: z
      .strictObject({
        sequence: z.int(),
        kind: z.enum(['altered', 'missing', 'replaced']),
        message: z.string(),
      })
      .nullable(),
  })
  .meta({ id: 'AuditVerdict' });

export function auditRowView(row: AuditRow): z.input<typeof auditRow> {
  const entry = JSON.parse(row.entry) as AuditEntry;
  return {
    sequence: row.sequence,
    ...entry,
    previous_sha256: row.previousSha256,
    sha256: row.sha256,
  };
}

export function verdictView(one: ChainVerdict): z.input<typeof verdict> {
  return {
    intact: one.intact,
    rows: one.rows,
    head: one.intact ? one.head : null,
    fault: one.intact ? null : one.fault,
  };
}

export function auditFilter(query: z.output<typeof auditQuery>): AuditFilter {
  const { tenant_id: tenantId, actor: actorId, action, target, result, from, to } = query;
  return {
    ...{ tenantId, actorId, action, target, result },
    from: from === undefined ? undefined : new Date(from),
    to: to === undefined ? undefined : new Date(to),
  };
}
