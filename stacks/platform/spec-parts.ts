import { z } from 'zod';
import { shortName } from '../../src/spec/names.js';
import { dataSizes } from '../../src/spec/sizes.js';
import { requiredText } from '../../src/spec/texts.js';
import { gpuInstances } from './spec-sizes.js';

const whole = (least: number, most: number) =>
  z
    .int({ error: 'must be a whole number' })
    .min(least, `must be at least ${least}`)
    .max(most, `must be at most ${most}`);
const cidr = z.cidrv4({ error: 'must be an IPv4 range such as "10.0.0.0/16"' });
const size = z.enum(dataSizes, { error: 'must be one of small, medium, large' });
const subnets = z
  .array(z.string().regex(/^subnet-[0-9a-f]{8,17}$/, 'must be a subnet id such as "subnet-0a1b2c3d"'))
  .max(12);
const roleArn = z
  .string()
  .regex(/^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]{1,200}$/, 'must be the ARN of an IAM role');
const chartVersion = requiredText(
  /^v?\d+\.\d+\.\d+(?:[-+][0-9A-Za-z.+-]+)?$/,
  'must be one exact version, such as "1.4.2"',
);

const existingNetwork = z.strictObject({
  vpc_id: requiredText(/^vpc-[0-9a-f]{8,17}$/, 'must be a VPC id such as "vpc-0a1b2c3d"'),
  vpc_cidr: cidr
    .refine(
      (range) => Number(range.split('/')[1]) >= 8,
      'must be /8 or smaller: data ports are opened to this range',
    )
    .describe('address range of the VPC; only this range reaches database and cache'),
  private_subnet_ids: subnets.describe('subnets of nodes and data services, in at least two zones'),
  public_subnet_ids: subnets.default([]).describe('subnets of public load balancers'),
});

export const network = z.strictObject({
  cidr: cidr
    .optional()
    .describe('range of the new VPC, /16 to /18 of private addresses; default 10.0.0.0/16'),
  existing: existingNetwork.optional().describe('build in this network instead of a new one'),
  zones: whole(2, 3).default(3).describe('availability zones, each with a private and a public subnet'),
  zone_names: z
    .array(z.string().regex(/^[a-z]{2}(?:-[a-z]+)+-\d[a-z]$/, 'must be a zone such as "eu-central-1a"'))
    .optional()
    .describe('the zones by name, as many as `zones`; default: the first of the region'),
  nat: z
    .enum(['single', 'per_zone', 'none'], { error: 'must be one of single, per_zone, none' })
    .default('single')
    .describe('the way out of private subnets: one gateway for all, one in each zone, or none'),
  endpoints: z
    .enum(['s3', 'private', 'none'], { error: 'must be one of s3, private, none' })
    .default('s3')
    .describe('ways to AWS within the VPC: S3 (free), also the services that nodes need, or none'),
  flow_logs: z.boolean().default(true).describe('all connections are written to a log group'),
  log_days: z
    .union(
      [7, 14, 30, 90, 180, 365].map((days) => z.literal(days)),
      { error: 'must be one of 7, 14, 30, 90, 180, 365' },
    )
    .default(30)
    .describe('days that the logs of network and cluster are kept'),
});

const gpu = z.strictObject({
  instance: z.enum(gpuInstances, { error: `must be one of ${gpuInstances.join(', ')}` }),
  min: whole(0, 100).default(0).describe('least number of GPU nodes'),
  max: whole(1, 100).default(1).describe('largest number of GPU nodes'),
});

const clusterAccess = z.strictObject({
  role_arn: roleArn.describe('who is let in'),
  level: z
    .enum(['admin', 'admin_view', 'edit', 'view'], { error: 'must be one of admin, admin_view, edit, view' })
    .describe('EKS access policy; admin_view reads secrets too, which a role that only plans needs'),
});

export const cluster = z.strictObject({
  existing: z
    .strictObject({
      name: requiredText(
        /^[0-9A-Za-z][\w-]{0,99}$/,
        'must be the name of an EKS cluster: letters, digits, "_" and "-"',
      ),
    })
    .optional()
    .describe(
      'deploy to this EKS cluster instead of a new one; IAM of the account must know its OIDC issuer',
    ),
  profile: size.default('small').describe('machines of the nodes, and how many'),
  min_nodes: whole(1, 100)
    .optional()
    .describe('least number of nodes, which it starts with; default: of the profile'),
  max_nodes: whole(1, 100).optional().describe('largest number of nodes; default: of the profile'),
  version: z
    .enum(['1.32', '1.33', '1.34', '1.35'], { error: 'must be one of 1.32, 1.33, 1.34, 1.35' })
    .default('1.34')
    .describe('Kubernetes version; EKS raises it by one minor at a time'),
  gpu: gpu.optional().describe('a tainted group of GPU nodes'),
  endpoint: z
    .enum(['private', 'public_and_private'], { error: 'must be one of private, public_and_private' })
    .default('private')
    .describe('from where the Kubernetes API is reached; the worker has to reach it too'),
  allowed_cidrs: z
    .array(cidr)
    .max(40)
    .default([])
    .describe('who may reach a public endpoint; never everyone'),
  access: z.array(clusterAccess).max(50).default([]).describe('IAM roles besides the creating one'),
  deletion_protection: z.boolean().default(false).describe('EKS refuses to delete the cluster'),
});

export const database = z.strictObject({
  size: size.describe('instance class'),
  version: z.enum(['15', '16', '17'], { error: 'must be one of "15", "16", "17"' }).default('17'),
  multi_az: z.boolean().default(false).describe('a standby in a second zone'),
  storage_gb: whole(20, 16_384).default(20).describe('storage at the start'),
  max_storage_gb: whole(20, 65_536).optional().describe('limit of its growth; default: twice the start'),
  backup_days: whole(1, 35).default(7).describe('days that backups are kept'),
  deletion_protection: z.boolean().default(false).describe('RDS refuses to delete it'),
  final_snapshot: z.boolean().default(true).describe('a last snapshot is taken at deletion'),
});

export const cache = z.strictObject({
  size: size.describe('node type'),
  ha: z.boolean().default(false).describe('a replica in a second zone that takes over by itself'),
});

export const bucket = z.strictObject({
  prefix: z
    .string()
    .regex(/^[a-z](?:[a-z0-9-]{0,17}[a-z0-9])?$/, {
      error:
        'must be 1 to 19 lower-case letters, digits or hyphens, start with a letter and end with a letter or digit',
    })
    .optional()
    .describe('start of the name; the rest makes it unique'),
  versioning: z.boolean().default(true).describe('former versions of objects are kept for 30 days'),
  expire_days: whole(1, 3650).optional().describe('objects are deleted after so many days; default: never'),
  delete_objects: z
    .boolean()
    .default(false)
    .describe('a destroy deletes the objects too; otherwise S3 refuses'),
});

const chart = (version: string) =>
  z.strictObject({
    enabled: z.boolean().optional(),
    version: chartVersion.default(version).describe('version of the chart, exact'),
  });

export const baseline = z.strictObject({
  metrics_server: chart('3.13.0')
    .prefault({})
    .describe('metrics of pods and nodes; default: in a new cluster'),
  cert_manager: chart('1.19.1').prefault({}).describe('certificates; default: in a new cluster'),
  ingress_nginx: chart('4.13.3')
    .prefault({})
    .describe('ingress controller behind a load balancer; default: in a new cluster'),
  external_secrets: chart('0.20.4')
    .prefault({})
    .describe('secrets of AWS Secrets Manager as Kubernetes secrets; default: no'),
  gpu_plugin: chart('0.17.4')
    .prefault({})
    .describe('lets pods ask for GPUs; default: where cluster.gpu is given'),
});

export const release = z.strictObject({
  name: shortName.default('app').describe('name of the Helm release'),
  repository: requiredText(
    /^(?:https|oci):\/\/[A-Za-z0-9.-]+(?::\d{1,5})?(?:\/[A-Za-z0-9._/-]*)?$/,
    'must be an https:// or oci:// address without user, query and fragment',
  ).describe('chart repository'),
  chart: requiredText(
    /^[a-z0-9](?:[a-z0-9._-]{0,98}[a-z0-9])?$/,
    'must be the name of a chart: lower-case letters, digits, ".", "_" or "-"',
  ).describe('name of the chart'),
  version: chartVersion.describe('version of the chart, exact'),
  values: z
    .record(z.string(), z.unknown())
    .default({})
    .describe('values of the chart; they win over those that Terrace gives under `global.terrace`'),
  timeout_seconds: whole(30, 3600).default(300).describe('limit for the release to become ready'),
  service: shortName.default('app').describe('service of the chart that `domain` leads to'),
  port: whole(1, 65_535).default(80).describe('port of that service'),
  issuer: shortName.default('letsencrypt').describe('cluster issuer of cert-manager that certifies `domain`'),
});
