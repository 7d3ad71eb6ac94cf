import { z } from 'zod';
import { coreMinimum, customerRange, features, plans } from './sizing-table.js';

const { least, most } = customerRange;
const wholeCustomers = 'must be a whole number';

const amount = (minimum: number, maximum: number) =>
  z
    .number({ error: 'must be a number' })
    .min(minimum, `must be at least ${minimum}`)
    .max(maximum, `must be at most ${maximum}`)
    .optional();

/** Numbers of the caller's own; each replaces the one that the formula gives. */
const override = z.strictObject({
  cpu_cores: amount(coreMinimum.cpuCores, 10_000).describe('CPU cores of all pods together'),
  memory_gb: amount(coreMinimum.memoryGb, 100_000).describe('memory of all pods together, GB of 2^30 bytes'),
  storage_gb: amount(coreMinimum.storageGb, 1_000_000).describe('storage of all volumes together'),
  connections: z
    .int({ error: 'must be a whole number' })
    .min(coreMinimum.connections, `must be at least ${coreMinimum.connections}`)
    .max(5000, 'must be at most 5000')
    .optional()
    .describe('connections that the database accepts'),
});

/** The part of a spec that sizes an environment. */
export const sizing = z.strictObject({
  customers: z
    .int({ error: wholeCustomers })
    .min(least, `must be at least ${least}`)
    .max(most, `must be at most ${most}`)
    .default(500)
    .describe('customers that the environment serves'),
  plan: z
    .enum(plans, { error: `must be one of ${plans.join(', ')}` })
    .default('standard')
    .describe('plan, which sets base values, growth, replicas and guaranteed CPU'),
  features: z
    .array(z.enum(features, { error: `must be one of ${features.join(', ')}` }))
    .refine((given) => new Set(given).size === given.length, 'features must differ')
    .default([])
    .describe('optional services'),
  override: override.default({}).describe('values that replace the calculated ones'),
});

export type SizingRequest = z.output<typeof sizing>;
