import { z } from 'zod';
import { pinnedImage } from '../../src/spec/image.js';
import { hostName, shortName } from '../../src/spec/names.js';
import { byteQuantity } from '../../src/spec/quantity.js';
import { limits, port, variables } from './spec-parts.js';

const texts = (what: string) =>
  z.array(z.string().max(4096, 'must be at most 4096 characters')).max(100).describe(what);

const folder = z
  .string({ error: 'must be an absolute path' })
  .max(200, 'must be at most 200 characters')
  .regex(/^(?:\/[A-Za-z0-9_-][A-Za-z0-9._-]*)+$/, 'must be an absolute path such as "/var/lib/shop"');

const whole = (least: number, most: number) =>
  z
    .int({ error: 'must be a whole number' })
    .min(least, `must be at least ${least}`)
    .max(most, `must be at most ${most}`);

const shareMessage = 'must be a number of pods, or a share such as "50%"';
export const share = z.union([
  whole(1, 1000),
  z.string({ error: shareMessage }).regex(/^(?:[1-9]\d?|100)%$/, shareMessage),
]);

const container = {
  image: pinnedImage.describe('image, pinned by a tag other than "latest" or by a digest'),
  command: texts('replaces the entry point of the image').optional(),
  args: texts('arguments').optional(),
  env: variables
    .default({})
    .describe('variables of its own, besides those of the environment; not for secrets'),
  resources: limits.prefault({}).describe('what one pod may use, and what it is promised'),
  user_id: whole(1, 2_147_483_647)
    .optional()
    .describe('user and group, by number; default: the user of the image, which must not be root'),
  read_only_root: z.boolean().default(false).describe("the image's own files cannot be changed"),
  scratch_paths: z.array(folder).max(10).default([]).describe('writable folders, emptied with the pod'),
};

export const scaling = z.strictObject({
  min: whole(1, 1000).describe('fewest pods'),
  max: whole(1, 1000).describe('most pods'),
  cpu_percent: whole(1, 100)
    .default(70)
    .describe('CPU use, in percent of the request, that more pods are started for'),
});

const health = z.strictObject({
  path: z
    .string()
    .max(200, 'must be at most 200 characters')
    .regex(/^\/[A-Za-z0-9._~/?=&-]*$/, 'must be a path such as "/healthz"')
    .optional()
    .describe('answered with a status from 200 to 399; default: the port takes connections'),
  command: texts('command that exits 0').min(1, 'name a command').optional(),
});

const dependency = z.strictObject({
  name: shortName,
  host: hostName.describe('full host name'),
  port,
});

const workload = z.strictObject({
  name: shortName.describe('name of the Deployment and of its Service; never changes'),
  ...container,
  port: port.optional().describe('port that it serves; default: none, and no Service'),
  replicas: whole(0, 1000).default(1).describe('number of pods; autoscaling takes its place'),
  health: health.prefault({}).describe('how it is asked whether it serves'),
  start_period_seconds: whole(10, 1800)
    .default(120)
    .describe('how long a start may take before the container is started anew'),
  autoscaling: scaling.optional().describe('number of pods by CPU use'),
  disruption: z
    .strictObject({ min_available: share.describe('pods that stay') })
    .optional()
    .describe('what stays while nodes are drained'),
  spread: z
    .enum(['none', 'node', 'zone'], { error: 'must be one of none, node, zone' })
    .default('node')
    .describe('over what its pods are spread, as far as there is room'),
  storage: z
    .strictObject({
      path: folder.describe('where it is mounted'),
      size: byteQuantity.describe('size; it may grow, never shrink'),
      storage_class: shortName.optional().describe("default: the cluster's"),
    })
    .optional()
    .describe('a volume of one pod'),
  wait_for: z
    .array(
      z.union([shortName, dependency], { error: 'must be the name of a workload, or {name, host, port}' }),
    )
    .max(10)
    .default([])
    .describe(
      'what has to take connections before it starts, besides database and cache: workloads by name, other servers by address',
    ),
});

export const workloads = z.array(workload).max(50);

export const migration = z.strictObject({
  ...container,
  timeout_seconds: whole(10, 3600).default(600).describe('limit for all attempts together'),
});
