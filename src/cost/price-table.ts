/** The price table as data, and how a price is read from it. Amounts are in its currency; sizes in GB of 2^30 bytes. Pure. */
import { z } from 'zod';

const amount = z.number().min(0);
const byName = z.record(z.string(), amount);

const regionalPrices = [
  'ebs_gp3_gb_month',
  'ebs_gp2_gb_month',
  'ebs_io1_gb_month',
  'rds_gp3_gb_month',
  'rds_gp2_gb_month',
  'rds_io1_gb_month',
  's3_standard_gb_month',
  'nat_hour',
  'nat_gb',
  'load_balancer_hour',
  'load_balancer_unit_hour',
  'interface_endpoint_zone_hour',
  'interface_endpoint_gb',
  'log_gb',
  'valkey_serverless_gb_hour',
  'valkey_serverless_million_units',
  'redis_serverless_gb_hour',
  'redis_serverless_million_units',
  'efs_gb_month',
] as const;
const commonPrices = [
  'eks_cluster_hour',
  'public_ipv4_hour',
  'kms_key_month',
  'secret_month',
  'hosted_zone_month',
] as const;
const assumptions = [
  'nat_gb',
  'interface_endpoint_gb',
  'bucket_gb',
  'log_group_gb',
  'load_balancer_units',
  'serverless_gb',
  'serverless_million_units',
  'efs_gb',
] as const;

export type RegionalPrice = (typeof regionalPrices)[number];
export type CommonPrice = (typeof commonPrices)[number];
export type Assumption = (typeof assumptions)[number];

/** A file of COST_TABLE. Its members are described in docs/cost.md. */
export const priceTableSchema = z
  .strictObject({
    as_of: z.iso.date(),
    /** True = nobody has checked the prices: each estimate says so. */
    assumed: z.boolean().default(false),
    currency: z.string().regex(/^[A-Z]{3}$/, { error: 'must be a currency such as USD' }),
    sources: z.array(z.string().min(1)).min(1),
    hours_per_month: z.number().min(672).max(744),
    base_region: z.string(),
    /** Regions that are not listed are priced like this one. */
    fallback_region: z.string(),
    /** Region -> what a regional price of the base region is multiplied with. */
    regions: z.record(z.string(), z.number().positive()),
    /** Size -> how much of `large` it is. */
    sizes: byName,
    /** Family -> price of its `large` in the base region. */
    large_per_hour: z.strictObject({ ec2: byName, rds: byName, elasticache: byName }),
    /** What a node with Valkey costs of one with Redis. */
    valkey_factor: z.number().positive(),
    regional: z.record(z.enum(regionalPrices), amount),
    everywhere: z.record(z.enum(commonPrices), amount),
    assumed_each_month: z.record(z.enum(assumptions), amount),
    cluster: z.strictObject({ cpu_core_month: amount, memory_gb_month: amount, storage_gb_month: amount }),
  })
  .refine((table) => table.base_region in table.regions && table.fallback_region in table.regions, {
    error: 'base_region and fallback_region must be among regions',
    path: ['regions'],
  });

export type PriceTable = z.output<typeof priceTableSchema>;

/** The prices of one region. */
export interface Prices {
  readonly table: PriceTable;
  readonly region: string;
  /** The region whose prices these are: another one when the table does not have the region. */
  readonly pricedAs: string;
  regional(name: RegionalPrice): number;
  everywhere(name: CommonPrice): number;
  assumed(name: Assumption): number;
  /** For a month of an instance such as `db.t4g.small`; undefined when the table does not have it. */
  instanceMonth(service: keyof PriceTable['large_per_hour'], name: string): number | undefined;
}

export function pricesOf(table: PriceTable, region: string): Prices {
  const pricedAs = region in table.regions ? region : table.fallback_region;
  const factor = table.regions[pricedAs] ?? 1;
  return {
    table,
    region,
    pricedAs,
    regional: (name) => table.regional[name] * factor,
    everywhere: (name) => table.everywhere[name],
    assumed: (name) => table.assumed_each_month[name],
    instanceMonth: (service, name) => {
      const [size, family] = name.split('.').reverse();
      const large = table.large_per_hour[service][family ?? ''];
      const part = table.sizes[size ?? ''];
      return large === undefined || part === undefined
        ? undefined
        : large * part * factor * table.hours_per_month;
    },
  };
}
