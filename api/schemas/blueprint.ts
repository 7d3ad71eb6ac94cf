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
    example: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'Blueprint' });

export const blueprintPage = pageOf('BlueprintPage', blueprint);
