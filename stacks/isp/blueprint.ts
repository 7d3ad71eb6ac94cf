import { dataPlaceFaults } from '../app/spec-data-place.js';
import { defineBlueprint } from '../../src/spec/blueprint.js';
import { blueprint as app } from '../app/blueprint.js';
import { ispExamples } from './spec-examples.js';
import { ispOutputs } from './spec-outputs.js';
import { serviceSecrets } from './spec-secrets.js';
import { appPartOf, ispSpecV1, ispTotals, type IspSpecV1 } from './spec.js';

const sized = ['customers', 'plan', 'sizing'];

/** `isp@1`. */
export const blueprint = defineBlueprint<IspSpecV1>({
  name: 'isp',
  version: 1,
  description:
    'The environment of one internet provider, sized by its customers: frontend, backend, database, cache, and optional network services.',
  targets: ['kubernetes'],
  schema: ispSpecV1,
  examples: ispExamples,
  outputs: [...app.outputs.filter(({ name }) => name !== 'release_statuses'), ...ispOutputs],
  postDeploy: [
    {
      name: 'tenant-setup',
      description:
        'A job prepares the database of the tenant and makes its first user, before frontend and backend start.',
      field: 'setup',
    },
    {
      name: 'radius-setup',
      description: 'A job makes role, schema and tables of RADIUS.',
      field: 'services.radius',
    },
    {
      name: 'netbox-setup',
      description: 'A job makes role and database of NetBox.',
      field: 'services.netbox',
    },
  ],
  sources: [
    { address: 'kubernetes_deployment_v1.frontend', fields: ['frontend', ...sized] },
    { address: 'kubernetes_deployment_v1.backend', fields: ['backend', ...sized] },
    { address: '*.frontend*', fields: ['frontend'] },
    { address: '*.backend*', fields: ['backend'] },
    { address: '*.tenant_setup*', fields: ['setup'] },
    { address: 'kubernetes_network_policy_v1.services_*', fields: ['services', 'network'] },
    ...(['radius', 'netbox', 'genieacs', 'wireguard', 'librenms', 'prometheus', 'grafana'] as const).map(
      (name) => ({ address: `*.${name}*`, fields: [`services.${name}`, ...sized] }),
    ),
    { address: '*.quota*', fields: ['services', ...sized] },
    { address: '*.database*', fields: ['database', ...sized] },
    { address: '*.cache*', fields: ['cache', ...sized] },
    ...app.sources.filter(({ address }) => !/^\*\.(quota|database|cache)|helm_release/.test(address)),
  ],
  totalsFields: { cpuCores: 'customers', memoryGb: 'customers', storageGb: 'customers' },
  secrets: (spec) => [...app.secrets(appPartOf(spec)), ...serviceSecrets(spec)],
  totals: ispTotals,
  checkPlace: (spec, place) => dataPlaceFaults(appPartOf(spec), place),
});
