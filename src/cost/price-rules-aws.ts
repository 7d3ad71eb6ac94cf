/** What each type of AWS costs a month. A type without a row has no price, and the estimate says so. Pure. */
import {
  blocksOf,
  free,
  numberOf,
  textOf,
  type MonthlyPrice,
  type NoPrice,
  type Priced,
  type PriceOf,
} from './price-rule.js';
import type { Prices, RegionalPrice } from './price-table.js';

const noInstance = (name: string): NoPrice => ({
  why:
    name === ''
      ? 'its instance type is not known before the apply'
      : `the price table has no instance type ${name}`,
});

/** Disks: type -> price; gp3 where none is named. */
const volumePrices: Readonly<Record<string, RegionalPrice>> = {
  '': 'ebs_gp3_gb_month',
  gp3: 'ebs_gp3_gb_month',
  gp2: 'ebs_gp2_gb_month',
  io1: 'ebs_io1_gb_month',
  io2: 'ebs_io1_gb_month',
};
const databaseVolumePrices: Readonly<Record<string, RegionalPrice>> = {
  '': 'rds_gp2_gb_month',
  gp3: 'rds_gp3_gb_month',
  gp2: 'rds_gp2_gb_month',
  io1: 'rds_io1_gb_month',
  io2: 'rds_io1_gb_month',
};

function diskMonth(values: Priced['values'], prices: Prices, size: string, type: string): number | NoPrice {
  const name = volumePrices[textOf(values, type)];
  return name === undefined
    ? { why: `the price table has no disks of type ${textOf(values, type)}` }
    : numberOf(values, size) * prices.regional(name);
}

const database: PriceOf = ({ values }, prices) => {
  const name = textOf(values, 'instance_class');
  const instance = prices.instanceMonth('rds', name);
  if (instance === undefined) return noInstance(name);
  const volume = databaseVolumePrices[textOf(values, 'storage_type')];
  if (volume === undefined)
    return { why: `the price table has no database storage of type ${textOf(values, 'storage_type')}` };
  const copies = values['multi_az'] === true ? 2 : 1;
  const storage = numberOf(values, 'allocated_storage') * prices.regional(volume);
  const secret = values['manage_master_user_password'] === true ? prices.everywhere('secret_month') : 0;
  return { amount: copies * (instance + storage) + secret };
};

const cacheGroup: PriceOf = ({ values }, prices) => {
  const name = textOf(values, 'node_type');
  const node = prices.instanceMonth('elasticache', name);
  if (node === undefined) return noInstance(name);
  const shards = numberOf(values, 'num_node_groups', 1) || 1;
  const perShard = 1 + numberOf(values, 'replicas_per_node_group');
  const nodes =
    numberOf(values, 'num_cache_clusters') || numberOf(values, 'num_cache_nodes') || shards * perShard;
  const factor = textOf(values, 'engine') === 'valkey' ? prices.table.valkey_factor : 1;
  return { amount: nodes * node * factor };
};

const cacheServerless: PriceOf = ({ values }, prices) => {
  const engine = textOf(values, 'engine') === 'valkey' ? 'valkey' : 'redis';
  const [gb, units] = [prices.assumed('serverless_gb'), prices.assumed('serverless_million_units')];
  return {
    amount:
      gb * prices.table.hours_per_month * prices.regional(`${engine}_serverless_gb_hour`) +
      units * prices.regional(`${engine}_serverless_million_units`),
    assumed: `${gb} GB of data and ${units} million units a month`,
  };
};

/** One machine by the arguments of an instance or a launch template. */
function machine(values: Priced['values'], prices: Prices, type: string): MonthlyPrice | NoPrice {
  const instance = prices.instanceMonth('ec2', type);
  if (instance === undefined) return noInstance(type);
  const disks = [
    ...blocksOf(values, 'block_device_mappings').flatMap((mapping) => blocksOf(mapping, 'ebs')),
    ...blocksOf(values, 'root_block_device'),
    ...blocksOf(values, 'ebs_block_device'),
  ];
  let amount = instance;
  for (const disk of disks) {
    const month = diskMonth(disk, prices, 'volume_size', 'volume_type');
    if (typeof month !== 'number') return month;
    amount += month;
  }
  return { amount };
}

const nodeGroup: PriceOf = (one, prices) => {
  const { values } = one;
  const template = one.referred('launch_template');
  const listed = values['instance_types'];
  const own: unknown = Array.isArray(listed) ? listed[0] : undefined;
  const type = textOf(template?.values ?? {}, 'instance_type') || (typeof own === 'string' ? own : '');
  const found = machine(template?.values ?? {}, prices, type);
  if (!('amount' in found)) return found;
  const [scaling = {}] = blocksOf(values, 'scaling_config');
  const nodes = numberOf(scaling, 'desired_size', numberOf(scaling, 'min_size', 1));
  const disk =
    template === undefined
      ? (numberOf(values, 'disk_size', 20) || 20) * prices.regional('ebs_gp3_gb_month')
      : 0;
  return {
    amount: nodes * (found.amount + disk),
    assumed: `${nodes} nodes all month; it may grow to ${numberOf(scaling, 'max_size', nodes)}`,
  };
};

const instance: PriceOf = ({ values }, prices) => machine(values, prices, textOf(values, 'instance_type'));

const volume: PriceOf = ({ values }, prices) => {
  const month = diskMonth(values, prices, 'size', 'type');
  return typeof month === 'number' ? { amount: month } : month;
};

const nat: PriceOf = ({ values }, prices) => {
  if (textOf(values, 'connectivity_type') === 'private')
    return { amount: prices.regional('nat_hour') * prices.table.hours_per_month };
  const gb = prices.assumed('nat_gb');
  return {
    amount: prices.regional('nat_hour') * prices.table.hours_per_month + gb * prices.regional('nat_gb'),
    assumed: `${gb} GB a month through it`,
  };
};

const endpoint: PriceOf = ({ values }, prices) => {
  if (textOf(values, 'vpc_endpoint_type') !== 'Interface') return { amount: 0 };
  const subnets = values['subnet_ids'];
  const zones = Array.isArray(subnets) && subnets.length > 0 ? subnets.length : 2;
  const gb = prices.assumed('interface_endpoint_gb');
  return {
    amount:
      zones * prices.regional('interface_endpoint_zone_hour') * prices.table.hours_per_month +
      gb * prices.regional('interface_endpoint_gb'),
    assumed: `${zones} zones and ${gb} GB a month through it`,
  };
};

const loadBalancer: PriceOf = (_, prices) => {
  const units = prices.assumed('load_balancer_units');
  const { hours_per_month: hours } = prices.table;
  return {
    amount:
      hours * (prices.regional('load_balancer_hour') + units * prices.regional('load_balancer_unit_hour')),
    assumed: `${units} capacity units on average`,
  };
};

/** What is paid by the GB that the plan does not tell. */
const byUse =
  (assumption: 'bucket_gb' | 'log_group_gb' | 'efs_gb', price: RegionalPrice, what: string): PriceOf =>
  (_, prices) => ({
    amount: prices.assumed(assumption) * prices.regional(price),
    assumed: `${prices.assumed(assumption)} GB ${what}`,
  });

const hourly =
  (name: 'eks_cluster_hour' | 'public_ipv4_hour'): PriceOf =>
  (_, prices) => ({ amount: prices.everywhere(name) * prices.table.hours_per_month });

const monthly =
  (name: 'kms_key_month' | 'secret_month' | 'hosted_zone_month'): PriceOf =>
  (_, prices) => ({ amount: prices.everywhere(name) });

export const awsPriceRules: Readonly<Record<string, PriceOf>> = {
  aws_db_instance: database,
  aws_elasticache_replication_group: cacheGroup,
  aws_elasticache_cluster: cacheGroup,
  aws_elasticache_serverless_cache: cacheServerless,
  aws_eks_cluster: hourly('eks_cluster_hour'),
  aws_eks_node_group: nodeGroup,
  aws_instance: instance,
  aws_ebs_volume: volume,
  aws_efs_file_system: byUse('efs_gb', 'efs_gb_month', 'of files'),
  aws_nat_gateway: nat,
  aws_eip: hourly('public_ipv4_hour'),
  aws_vpc_endpoint: endpoint,
  aws_lb: loadBalancer,
  aws_alb: loadBalancer,
  aws_s3_bucket: byUse('bucket_gb', 's3_standard_gb_month', 'of objects'),
  aws_cloudwatch_log_group: byUse('log_group_gb', 'log_gb', 'of logs a month'),
  aws_kms_key: monthly('kms_key_month'),
  aws_secretsmanager_secret: monthly('secret_month'),
  aws_route53_zone: monthly('hosted_zone_month'),
};

/** Types of AWS that cost nothing by themselves. */
export const freeAwsTypes: ReadonlySet<string> = new Set([
  'aws_db_parameter_group',
  'aws_db_subnet_group',
  'aws_default_security_group',
  'aws_eks_access_entry',
  'aws_eks_access_policy_association',
  'aws_eks_addon',
  'aws_elasticache_parameter_group',
  'aws_elasticache_subnet_group',
  'aws_elasticache_user',
  'aws_elasticache_user_group',
  'aws_flow_log',
  'aws_iam_openid_connect_provider',
  'aws_iam_policy',
  'aws_iam_role',
  'aws_iam_role_policy',
  'aws_iam_role_policy_attachment',
  'aws_internet_gateway',
  'aws_kms_alias',
  'aws_launch_template',
  'aws_lb_listener',
  'aws_lb_target_group',
  'aws_route',
  'aws_route53_record',
  'aws_route_table',
  'aws_route_table_association',
  'aws_s3_bucket_lifecycle_configuration',
  'aws_s3_bucket_ownership_controls',
  'aws_s3_bucket_policy',
  'aws_s3_bucket_public_access_block',
  'aws_s3_bucket_server_side_encryption_configuration',
  'aws_s3_bucket_versioning',
  'aws_secretsmanager_secret_version',
  'aws_security_group',
  'aws_security_group_rule',
  'aws_subnet',
  'aws_vpc',
  'aws_vpc_endpoint_route_table_association',
  'aws_vpc_security_group_egress_rule',
  'aws_vpc_security_group_ingress_rule',
]);

export function awsPrice(type: string): PriceOf | undefined {
  return awsPriceRules[type] ?? (freeAwsTypes.has(type) ? free : undefined);
}
