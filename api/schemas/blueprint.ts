import { z } from 'zod';
import { pageOf } from './common.js';

export const blueprintParams = z.strictObject({
  name: z.string().max(80).describe('`name@version`, or `name` for the newest'),
});

export const blueprint = z
  .strictObject({
    name: z.string(),
    version: z.int(),
    ref: z.string(),
    description: z.string(),
    schema: z.record(z.string(), z.unknown()).describe('JSON Schema of `spec`'),
    targets: z.array(z.string()).describe('what it provisions: kubernetes, docker, aws'),
    example: z.record(z.string(), z.unknown()).describe('the spec of the plainest example'),
    examples: z.array(
      z.strictObject({
        name: z.string(),
        description: z.string(),
        spec: z.record(z.string(), z.unknown()),
      }),
    ),
    outputs: z.array(z.strictObject({ name: z.string(), description: z.string(), secret: z.boolean() })),
    post_deploy: z
      .array(z.strictObject({ name: z.string(), description: z.string(), field: z.string() }))
      .describe('what happens after the resources are there'),
    resources: z
      .array(z.strictObject({ address: z.string(), fields: z.array(z.string()) }))
      .describe('which spec fields the resources of an address stem from'),
  })
  .meta({ id: 'Blueprint' });

export const blueprintPage = pageOf('BlueprintPage', blueprint);
