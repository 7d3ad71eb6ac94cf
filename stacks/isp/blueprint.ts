import { defineBlueprint } from '../../src/spec/blueprint.js';
import { blueprint as app } from '../app/blueprint.js';
import { appPartOf, ispSpecV1, ispTotals, type IspSpecV1 } from './spec.js';

/** `isp@1`. */
export const blueprint = defineBlueprint<IspSpecV1>({
  name: 'isp',
  version: 1,
  description:
    'The environment of one internet provider, sized by its customers: frontend, backend, database, cache, and optional network services.',
  targets: ['kubernetes'],
  schema: ispSpecV1,
  examples: [
    {
      name: 'five hundred customers',
      description: 'Plan standard with database and cache in the cluster and a public address.',
      spec: { customers: 500, ingress: { host: 'portal.example.com' } },
    },
  ],
  outputs: app.outputs.filter(({ name }) => name !== 'release_statuses'),
  postDeploy: [],
  sources: [
    { address: 'kubernetes_deployment_v1.frontend', fields: ['frontend', 'customers', 'plan', 'sizing'] },
    { address: 'kubernetes_deployment_v1.backend', fields: ['backend', 'customers', 'plan', 'sizing'] },
    { address: '*.frontend*', fields: ['frontend'] },
    { address: '*.backend*', fields: ['backend'] },
    { address: '*.quota*', fields: ['customers', 'plan', 'services', 'sizing'] },
    { address: '*.database*', fields: ['database', 'customers', 'plan', 'sizing'] },
    { address: '*.cache*', fields: ['cache', 'customers', 'plan', 'sizing'] },
    ...app.sources.filter(({ address }) => !/^\*\.(quota|database|cache)|helm_release/.test(address)),
  ],
  totalsFields: { cpuCores: 'customers', memoryGb: 'customers', storageGb: 'customers' },
  secrets: (spec) => app.secrets(appPartOf(spec)),
  totals: ispTotals,
});
