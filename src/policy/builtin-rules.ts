/** The policies that come with Terrace: off until one is made by name. Each is an expression of the same language. Pure. */
import { z } from 'zod';

export interface BuiltinPolicy {
  readonly about: string;
  readonly params: z.ZodType<Record<string, unknown>>;
  /** True = the plan is fine. */
  readonly expression: string;
  readonly message: string;
}

const day = z.iso.date();
const clock = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, { error: 'must be a time of the day in UTC such as 08:00' });
const names = z.array(z.string().min(1).max(253)).min(1).max(100);
const limit = z.number().min(0).max(1e9).default(1e9);

const going = 'run.kind == "destroy"';
const made = 'c.action in ["create", "update", "replace"]';
/** Of the attributes that change; one that stays as it is was judged when it came. */
const isOff = (path: string) =>
  `((c.action != "update" || ${path} in c.after) && !(${path} in c.after && c.after[${path}] in [true, "true"]))`;

const encrypted = {
  aws_db_instance: 'storage_encrypted',
  aws_elasticache_replication_group: 'at_rest_encryption_enabled',
  aws_ebs_volume: 'encrypted',
  aws_efs_file_system: 'encrypted',
  aws_launch_template: 'block_device_mappings.0.ebs.0.encrypted',
};
const unencrypted = Object.entries(encrypted)
  .map(([type, path]) => `(c.type == "${type}" && ${isOff(`"${path}"`)})`)
  .join(' || ');

const exposing =
  '["opened_to_everybody", "policy_opened", "database_public", "bucket_public", "policy_public", "load_balancer_public", "cluster_public"]';
const publicAttribute = [
  '(k == "publicly_accessible" && c.after[k] == true)',
  '(c.type in ["aws_security_group", "aws_vpc_security_group_ingress_rule", "aws_security_group_rule"] && !k.startsWith("egress") && (c.after[k] == "0.0.0.0/0" || c.after[k] == "::/0"))',
  '(c.type == "aws_s3_bucket_public_access_block" && c.after[k] == false)',
].join(' || ');

const stateful =
  '["database_lost", "volume_lost", "bucket_lost", "key_lost", "dns_zone_lost", "persistent_cache_lost", "namespace_lost"]';

export const builtinPolicies: Readonly<Record<string, BuiltinPolicy>> = {
  allowed_regions: {
    about: 'environments lie in one of `regions`',
    params: z.strictObject({ regions: names }),
    expression: `${going} || environment.region in params.regions`,
    message: 'region {{ environment.region }} is not among {{ params.regions }}',
  },
  size_limits: {
    about: 'what an environment asks for in all stays within limits',
    params: z.strictObject({ max_cpu_cores: limit, max_memory_gb: limit, max_storage_gb: limit }),
    expression: `${going} || (totals.cpu_cores <= params.max_cpu_cores && totals.memory_gb <= params.max_memory_gb && totals.storage_gb <= params.max_storage_gb)`,
    message:
      'the environment asks for {{ totals.cpu_cores }} cores, {{ totals.memory_gb }} GB of memory and {{ totals.storage_gb }} GB of storage; allowed are {{ params.max_cpu_cores }}, {{ params.max_memory_gb }} and {{ params.max_storage_gb }}',
  },
  encryption_required: {
    about: 'databases, caches, disks and file systems are encrypted at rest',
    params: z.strictObject({}),
    expression: `!changes.exists(c, ${made} && (${unencrypted} || "encryption_lost" in c.reasons))`,
    message: `not encrypted: {{ changes.filter(c, ${made} && (${unencrypted} || "encryption_lost" in c.reasons)).map(c, c.address) }}`,
  },
  no_public_access: {
    about: 'nothing becomes reachable for everybody',
    params: z.strictObject({}),
    expression: `!changes.exists(c, ${made} && (c.reasons.exists(r, r in ${exposing}) || c.after.exists(k, ${publicAttribute})))`,
    message: `open to everybody: {{ changes.filter(c, ${made} && (c.reasons.exists(r, r in ${exposing}) || c.after.exists(k, ${publicAttribute}))).map(c, c.address) }}`,
  },
  keep_stateful: {
    about: 'no database, volume, bucket, key, zone or namespace is deleted or replaced',
    params: z.strictObject({
      also_on_destroy: z.boolean().default(false).describe('also when the whole environment is destroyed'),
    }),
    expression: `(${going} && !params.also_on_destroy) || !changes.exists(c, c.reasons.exists(r, r in ${stateful}))`,
    message: `data would be lost: {{ changes.filter(c, c.reasons.exists(r, r in ${stateful})).map(c, c.address) }}`,
  },
  cost_limit: {
    about: 'the estimate a month, or what a plan adds to it, stays within limits',
    params: z.strictObject({
      monthly: limit,
      increase: limit,
      allow_unknown: z.boolean().default(false).describe('let pass what has no price'),
    }),
    expression: `${going} || (cost.after <= params.monthly && cost.delta <= params.increase && (params.allow_unknown || cost.unknown.size() == 0))`,
    message:
      'the estimate is {{ cost.after }} {{ cost.currency }} a month, {{ cost.delta }} more than before, without a price: {{ cost.unknown }}; allowed are {{ params.monthly }}, and {{ params.increase }} more',
  },
  required_labels: {
    about: 'environments have all of `labels`',
    params: z.strictObject({ labels: names }),
    expression: `${going} || params.labels.all(l, l in environment.labels)`,
    message: 'labels missing: {{ params.labels.filter(l, !(l in environment.labels)) }}',
  },
  business_hours: {
    about: 'plans are made, approved and applied on `days` (1 = Monday) between `from` and `to`, UTC',
    params: z.strictObject({
      days: z.array(z.int().min(1).max(7)).min(1).max(7).default([1, 2, 3, 4, 5]),
      from: clock.default('08:00'),
      to: clock.default('17:00'),
    }),
    expression: 'now.weekday in params.days && now.clock >= params.from && now.clock < params.to',
    message:
      'it is {{ now.clock }} UTC on day {{ now.weekday }} of the week; changes are made on days {{ params.days }} from {{ params.from }} to {{ params.to }}',
  },
  freeze_windows: {
    about: 'no plan is made, approved or applied from the first to the last day of a window, UTC',
    params: z.strictObject({
      windows: z
        .array(
          z
            .strictObject({ from: day, to: day })
            .refine(({ from, to }) => from <= to, { error: 'ends before it begins' }),
        )
        .min(1)
        .max(100),
    }),
    expression: '!params.windows.exists(w, now.date >= w.from && now.date <= w.to)',
    message: 'changes are frozen on {{ now.date }}',
  },
};
