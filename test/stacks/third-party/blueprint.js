import { defineBlueprint } from 'terrace/blueprint';
import { z } from 'zod';

const schema = z.strictObject({
  greeting: z.string().min(1).max(100).default('hello').describe('what the page says'),
});

/** The smallest blueprint that there can be: a namespace with one ConfigMap. */
export const blueprint = defineBlueprint({
  name: 'greeting',
  version: 1,
  description: 'A namespace with a greeting in it.',
  targets: ['kubernetes'],
  schema,
  examples: [{ name: 'plain', description: 'The default greeting.', spec: {} }],
  outputs: [{ name: 'namespace', description: 'Kubernetes namespace of the environment', secret: false }],
  postDeploy: [],
  sources: [
    { address: 'kubernetes_namespace_v1.namespace', fields: [] },
    { address: 'kubernetes_config_map_v1.greeting', fields: ['greeting'] },
  ],
  totalsFields: { cpuCores: '', memoryGb: '', storageGb: '' },
  secrets: () => [],
  totals: () => ({ cpuCores: 0, memoryGb: 0, storageGb: 0 }),
});
