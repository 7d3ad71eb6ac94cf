import { z } from 'zod';
import { dataVariableNames } from './spec-data.js';
import { namespaceName, shortName } from '../../src/spec/names.js';
import { byteQuantity, cpuQuantity } from '../../src/spec/quantity.js';
import { namedTexts } from '../../src/spec/texts.js';

const count = (most: number) => z.int({ error: 'must be a whole number' }).min(0).max(most);
export const port = z
  .int({ error: 'must be a port from 1 to 65535' })
  .min(1, 'must be a port from 1 to 65535')
  .max(65_535, 'must be a port from 1 to 65535');
export const cidr = z.cidrv4({ error: 'must be an IPv4 range such as "10.0.0.0/16"' });

const ownNames = /(?:^|[./])(?:kubernetes\.io|k8s\.io|terrace\.dev)(?:\/|$)/;
const metaName = z
  .string()
  .regex(
    /^(?:[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?\/)?[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$/,
    'must be a name such as "team" or "example.com/team"',
  )
  .refine(
    (name) => !ownNames.test(name),
    'is reserved: kubernetes.io, k8s.io and terrace.dev are not for tenants',
  );

export const labels = namedTexts(
  metaName,
  z
    .string({ error: 'must be a text' })
    .regex(
      /^(?:[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?)?$/,
      'must be at most 63 letters, digits, ".", "_" or "-"',
    ),
).refine((given) => Object.keys(given).length <= 30, 'at most 30 labels');

export const annotations = namedTexts(
  metaName,
  z.string({ error: 'must be a text' }).max(4096, 'must be at most 4096 characters'),
).refine((given) => Object.keys(given).length <= 30, 'at most 30 annotations');

export const serviceAccount = z.strictObject({
  role_arn: z
    .string()
    .regex(/^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]{1,512}$/, 'must be the ARN of an IAM role')
    .optional()
    .describe('IAM role that the pods may take on (EKS, IAM roles for service accounts)'),
});

export const observability = z.strictObject({
  service_monitor: z
    .boolean()
    .default(false)
    .describe(
      'a ServiceMonitor of the Prometheus operator for every port "http"; the cluster has to know that kind',
    ),
  namespace: namespaceName.default('monitoring').describe('namespace of Prometheus, which is let in'),
  path: z
    .string()
    .regex(/^\/[A-Za-z0-9._~/-]{0,200}$/, 'must be a path such as "/metrics"')
    .default('/metrics'),
  interval_seconds: count(3600).min(5, 'must be at least 5').default(30),
  labels: labels.default({}).describe('labels by which Prometheus finds the ServiceMonitor'),
});

export const quota = z.strictObject({
  cpu: cpuQuantity.default('4').describe('CPU cores that all pods together may request and use'),
  memory: byteQuantity.default('8Gi').describe('memory that all pods together may request and use'),
  storage: byteQuantity.default('40Gi').describe('storage that all volume claims together may request'),
  pods: count(1000).min(1).default(40).describe('pods'),
  services: count(200).default(20).describe('services'),
  load_balancers: count(20)
    .default(0)
    .describe(
      'services that are load balancers, for what no ingress carries; other node ports are never allowed',
    ),
  volume_claims: count(200).default(10).describe('persistent volume claims'),
});

export const limits = z.strictObject({
  cpu: cpuQuantity.default('500m').describe('CPU limit of a container that names none'),
  memory: byteQuantity.default('512Mi').describe('memory limit of a container that names none'),
  cpu_request: cpuQuantity.default('100m').describe('CPU request of a container that names none'),
  memory_request: byteQuantity.default('128Mi').describe('memory request of a container that names none'),
});

const egressRule = z.strictObject({
  name: shortName.describe('name of the rule, unique within the environment'),
  cidr: cidr.optional().describe('destination outside, such as "203.0.113.0/24"; or give namespace'),
  except: z.array(cidr).max(20).default([]).describe('parts of cidr that stay out of reach'),
  namespace: namespaceName
    .optional()
    .describe('destination in the cluster; its own rules have to let it in too'),
  pod_labels: labels.optional().describe('only the pods of namespace with these labels'),
  ports: z.array(port).min(1, 'name at least one port').max(20).describe('destination ports'),
  protocol: z.enum(['TCP', 'UDP'], { error: 'must be TCP or UDP' }).default('TCP'),
});

export const network = z.strictObject({
  egress: z
    .array(egressRule)
    .max(50)
    .default([])
    .describe('what the pods may reach outside; everything else is refused'),
  ingress_namespace: namespaceName.default('ingress-nginx').describe('namespace of the ingress controller'),
  vpc_id: z
    .string()
    .regex(/^vpc-[0-9a-f]{8,17}$/, 'must be a VPC id such as "vpc-0a1b2c3d"')
    .optional()
    .describe('VPC of managed databases and caches'),
  vpc_cidr: cidr
    .refine(
      (range) => Number(range.split('/')[1]) >= 8,
      'must be /8 or smaller: data ports are opened to this range',
    )
    .optional()
    .describe('address range of the VPC; only this range reaches managed databases and caches'),
  subnet_ids: z
    .array(z.string().regex(/^subnet-[0-9a-f]{8,17}$/, 'must be a subnet id such as "subnet-0a1b2c3d"'))
    .max(20)
    .default([])
    .describe('private subnets of managed databases and caches, in at least two zones'),
});

/** Names that Terrace sets itself; a tenant's variable may not take them. */
export const ownVariables = [
  'TENANT_ID',
  'TENANT_SLUG',
  'TENANT_NAME',
  'TENANT_SUBDOMAIN',
  'ENVIRONMENT_ID',
  'ENVIRONMENT_NAME',
  'APP_URL',
  ...dataVariableNames,
  'OTEL_RESOURCE_ATTRIBUTES',
] as const;

export const variables = namedTexts(
  z
    .string()
    .regex(
      /^[A-Z_][A-Z0-9_]{0,99}$/,
      'must be at most 100 capital letters, digits or "_", not starting with a digit',
    )
    .refine(
      (name) => !(ownVariables as readonly string[]).includes(name),
      'is set by Terrace; choose another name',
    ),
  z.string({ error: 'must be a text' }).max(32_768, 'must be at most 32768 characters'),
).refine((given) => Object.keys(given).length <= 200, 'at most 200 variables');
