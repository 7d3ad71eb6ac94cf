import { z } from 'zod';
import { dataVariableNames } from './spec-data.js';
import { hostName, namespaceName, shortName } from '../../src/spec/names.js';
import { byteQuantity, cpuQuantity } from '../../src/spec/quantity.js';
import { namedTexts, requiredText } from '../../src/spec/texts.js';

const count = (most: number) => z.int({ error: 'must be a whole number' }).min(0).max(most);
export const port = z
  .int({ error: 'must be a port from 1 to 65535' })
  .min(1, 'must be a port from 1 to 65535')
  .max(65_535, 'must be a port from 1 to 65535');
export const cidr = z.cidrv4({ error: 'must be an IPv4 range such as "10.0.0.0/16"' });

export const quota = z.strictObject({
  cpu: cpuQuantity.default('4').describe('CPU cores that all pods together may request and use'),
  memory: byteQuantity.default('8Gi').describe('memory that all pods together may request and use'),
  storage: byteQuantity.default('40Gi').describe('storage that all volume claims together may request'),
  pods: count(1000).min(1).default(40).describe('pods'),
  services: count(200).default(20).describe('services; load balancers and node ports are never allowed'),
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
  cidr: cidr.describe('destination, such as "203.0.113.0/24"'),
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
  version: requiredText(
    /^v?\d+\.\d+\.\d+(?:[-+][0-9A-Za-z.+-]+)?$/,
    'must be one exact version, such as "1.4.2"',
  ).describe('version of the chart, exact'),
  values: z
    .record(z.string(), z.unknown())
    .default({})
    .describe('values of the chart; they win over those that Terrace gives under `global.terrace`'),
  timeout_seconds: z
    .int()
    .min(30, 'must be at least 30')
    .max(3600, 'must be at most 3600')
    .default(300)
    .describe('limit for the release to become ready'),
});

const ingressPath = z.strictObject({
  path: requiredText(
    /^\/[A-Za-z0-9._~/-]*$/,
    'must start with "/" and hold letters, digits, ".", "_", "~", "-" and "/" only',
  )
    .max(200, 'must be at most 200 characters')
    .describe('path prefix'),
  service: shortName.describe('Kubernetes service'),
  port: port.default(80).describe('port of the service'),
});

export const ingress = z.strictObject({
  host: hostName.optional().describe('full host name; or give base_domain'),
  subdomain: shortName
    .optional()
    .describe('host below base_domain; default: the derived namespace name, which is unique'),
  base_domain: hostName.optional().describe('domain that the subdomain is put below'),
  class: shortName.default('nginx').describe('ingress class'),
  tls: z
    .strictObject({
      issuer: shortName
        .optional()
        .describe('cluster issuer of cert-manager; default "letsencrypt" unless secret_name is given'),
      secret_name: shortName.optional().describe('an existing TLS secret in the namespace'),
    })
    .prefault({})
    .describe('certificate; plain HTTP is never offered'),
  paths: z
    .array(ingressPath)
    .min(1, 'name at least one path')
    .max(50)
    .default([{ path: '/', service: 'app', port: 80 }])
    .describe('which path goes to which service'),
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
