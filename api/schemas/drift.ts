import { z } from 'zod';
import type { Drift } from '../../src/drift/drift.js';
import { time } from './common.js';

export const driftCheckHours = z
  .int()
  .min(0)
  .max(8760)
  .nullable()
  .describe('hours from one drift check to the next; null = by DRIFT_CHECK_HOURS, 0 = only when asked for');

const pattern = z.string().min(1).max(300);

export const driftIgnoreRule = z
  .strictObject({
    address: pattern.describe('of resources, `*` for any part: `kubernetes_*`'),
    attributes: z
      .array(pattern)
      .max(50)
      .default([])
      .describe('paths, `*` for any part: `tags.*`; empty = the resource as a whole'),
  })
  .meta({ id: 'DriftIgnore' });

export const driftIgnore = z.array(driftIgnoreRule).max(50).describe('what counts as no drift');

const attribute = z
  .strictObject({
    path: z.string(),
    before: z.unknown().describe('as it was applied'),
    after: z.unknown().describe('as it was found'),
    sensitive: z.boolean(),
  })
  .meta({ id: 'DriftAttribute' });

export const drift = z
  .strictObject({
    status: z
      .enum(['in_sync', 'drifted', 'unknown'])
      .describe('`unknown` = the last check could not look; the changes are those of the one before'),
    checked_at: time,
    changes: z
      .array(
        z
          .strictObject({
            address: z.string(),
            resource_type: z.string(),
            action: z.enum(['update', 'delete']).describe('`delete` = it is gone'),
            attributes: z.array(attribute),
          })
          .meta({ id: 'DriftChange' }),
      )
      .describe('at most 200'),
    changes_total: z.int(),
    ignored: z.int().describe('attributes and resources that `drift_ignore` covers'),
    error: z.string().nullable().describe('why the last check could not look'),
    run_id: z.string().nullable().describe('the drift check, or the run that put things right'),
  })
  .meta({ id: 'Drift' });

export function driftView(one: Drift): z.input<typeof drift> {
  const changes = one.changes.map((change) => ({ ...change, attributes: [...change.attributes] }));
  return { ...one, changes };
}
