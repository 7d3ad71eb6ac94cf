import { z } from 'zod';
import { instances, type InstanceService } from '../../src/sizing/instance-table.js';
import { hostName, namespaceName } from '../../src/spec/names.js';
import { byteQuantity, cpuQuantity } from '../../src/spec/quantity.js';
import { dataSizes } from '../../src/spec/sizes.js';

/** What the specs of database and cache have in common. */
export const size = z
  .enum(dataSizes, { error: 'must be one of small, medium, large' })
  .default('small')
  .describe('small, medium or large');

/** Requests and limits of a server in the cluster, where no size fits. */
export const resources = z
  .strictObject({
    cpu: cpuQuantity.describe('CPU'),
    memory: byteQuantity.describe('memory'),
  })
  .optional()
  .describe('numbers of your own instead of those of size (in_cluster)');

/** An instance by its name at AWS, where no size fits. */
export const instance = (service: InstanceService, example: string) =>
  z
    .string()
    .refine((name) => instances[service].some((one) => one.name === name), {
      error: `must be an instance that Terrace knows, such as "${example}"`,
    })
    .optional();

export const kmsKeyArn = z
  .string()
  .regex(/^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/[A-Za-z0-9-]+$/, 'must be the ARN of a KMS key')
  .optional();

/** Fields of a server that several environments share. */
export const sharedServer = {
  host: hostName.describe('host of the shared server'),
  namespace: namespaceName.optional().describe('namespace it runs in; or give cidr'),
  cidr: z
    .cidrv4({ error: 'must be an IPv4 range such as "10.0.0.0/16"' })
    .refine((range) => Number(range.split('/')[1]) >= 8, 'must be /8 or smaller')
    .optional()
    .describe('address range it is in, when it is outside of the cluster'),
};

export const port = (standard: number) =>
  z
    .int({ error: 'must be a port from 1 to 65535' })
    .min(1, 'must be a port from 1 to 65535')
    .max(65_535, 'must be a port from 1 to 65535')
    .default(standard);

export const days = (least: number) =>
  z
    .int({ error: 'must be a whole number' })
    .min(least, `must be at least ${least}`)
    .max(35, 'must be at most 35');

/** Names that the data services take in the application's environment. */
export const dataVariableNames = [
  'DATABASE_URL',
  'DATABASE_ENGINE',
  'DATABASE_HOST',
  'DATABASE_PORT',
  'DATABASE_NAME',
  'DATABASE_USER',
  'DATABASE_PASSWORD',
  'DATABASE_SCHEMA',
  'DATABASE_SECRET_ARN',
  'REDIS_URL',
  'REDIS_HOST',
  'REDIS_PORT',
  'REDIS_USER',
  'REDIS_PASSWORD',
  'REDIS_DATABASE',
  'REDIS_NAMESPACE',
] as const;
