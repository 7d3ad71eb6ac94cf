import { blueprint } from '../../../stacks/isp/blueprint.js';
import { vpc } from '../inputs.js';
import { merged, type Kit } from './kit.js';

const host = { ingress: { host: 'portal.example.com' } };

export const ispKit: Kit = {
  blueprint,
  base: { network: vpc },
  parameters: {
    customers: { few: { customers: 50 }, default: {}, many: { customers: 12_000 } },
    plan: { standard: {}, premium: { plan: 'premium' }, enterprise: { plan: 'enterprise' } },
    sizing: { by_customers: {}, own: { sizing: { cpu_cores: 20, memory_gb: 80, storage_gb: 400 } } },
    images: {
      default: {},
      own: {
        frontend: { image: 'registry.example.com/portal:2.0.1', port: 3000, health_path: '/healthz' },
        backend: { image: 'registry.example.com/backend:2.0.1', port: 8000, command: ['serve'] },
      },
    },
    replicas: { sized: {}, own: { frontend: { replicas: 4 }, backend: { replicas: 6 } } },
    variables: { none: {}, some: { variables: { LOG_LEVEL: 'info', A: '${b} %{c}' } } },
    database: {
      none: { database: { mode: 'none' } },
      in_cluster: {},
      rds: { database: { mode: 'rds', multi_az: true } },
    },
    cache: {
      none: { cache: { mode: 'none' } },
      in_cluster: {},
      elasticache: { cache: { mode: 'elasticache', replicas: 1 } },
    },
    ingress: { none: {}, host, derived: { ingress: { base_domain: 'example.com' } } },
  },
  everything: merged(host, { customers: 3000, plan: 'premium', network: vpc }),
  lives: [
    {
      name: 'from 500 customers to 5000',
      first: merged(host, { customers: 500, database: { storage_gb: 40 } }),
      then: merged(host, { customers: 5000, database: { storage_gb: 40 } }),
      changed: {
        'kubernetes_deployment_v1.backend': 'update',
        'kubernetes_deployment_v1.frontend': 'update',
        'kubernetes_pod_disruption_budget_v1.backend': 'create',
        'kubernetes_pod_disruption_budget_v1.frontend': 'create',
        'kubernetes_resource_quota_v1.quota': 'update',
      },
    },
  ],
};
