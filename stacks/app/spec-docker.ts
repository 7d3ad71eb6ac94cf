import { z } from 'zod';
import { shortName } from '../../src/spec/names.js';
import { namedTexts } from '../../src/spec/texts.js';

export const target = z
  .enum(['kubernetes', 'docker'], { error: 'must be one of kubernetes, docker' })
  .default('kubernetes')
  .describe('where it runs: in a cluster, or in containers on a development machine');

const hostPort = z
  .int({ error: 'must be a port from 1024 to 65535' })
  .min(1024, 'must be a port from 1024 to 65535')
  .max(65_535, 'must be a port from 1024 to 65535');

export const docker = z.strictObject({
  ports: namedTexts(shortName, hostPort)
    .default({})
    .describe(
      'port of 127.0.0.1 that leads to a workload, by its name; default: one from 20000 to 29999, the same for ever',
    ),
  unchecked: z
    .array(shortName)
    .max(50)
    .default([])
    .describe('workloads whose image has nothing to check their health with: healthy while they run'),
});
