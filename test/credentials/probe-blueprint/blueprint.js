import { defineBlueprint } from 'terrace/blueprint';
import { z } from 'zod';

/** One resource of terraform itself, so that no provider is needed: its provisioner tells what it can reach. */
export const blueprint = defineBlueprint({
  name: 'probe',
  version: 1,
  description: 'Tells who it is.',
  targets: ['aws'],
  schema: z.strictObject({
    script: z.string().describe('run by node when the environment is made'),
    hold: z.string().default('none').describe('a file; while it is there, a destroy fails'),
  }),
  examples: [{ name: 'plain', description: 'Does nothing.', spec: { script: 'probe.mjs' } }],
  outputs: [],
  postDeploy: [],
  sources: [{ address: 'terraform_data.probe', fields: ['script', 'hold'] }],
  totalsFields: { cpuCores: '', memoryGb: '', storageGb: '' },
  secrets: () => [],
  totals: () => ({ cpuCores: 0, memoryGb: 0, storageGb: 0 }),
});
