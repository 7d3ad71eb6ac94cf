import { blueprint } from '../../../stacks/isp/blueprint.js';
import { vpc } from '../inputs.js';
import { merged, type Kit, type Spec } from './kit.js';

const host = { ingress: { host: 'portal.example.com' } };
const radius = { services: { radius: { enabled: true, nas_cidrs: ['10.20.0.0/16', '10.21.0.0/24'] } } };
const netbox = { services: { netbox: { enabled: true } } };
const genieacs = { services: { genieacs: { enabled: true, cpe_cidrs: ['100.64.0.0/10'] } } };
const librenms = { services: { librenms: { enabled: true, device_cidrs: ['10.30.0.0/16'] } } };
const prometheus = { services: { prometheus: { enabled: true } } };
const grafana = { services: { prometheus: { enabled: true }, grafana: { enabled: true } } };
const wireguard = {
  services: {
    wireguard: {
      enabled: true,
      image: `ghcr.io/windtf/wireproxy@sha256:${'0123456789abcdef'.repeat(4)}`,
      client_cidrs: ['0.0.0.0/0'],
      peers: [
        {
          name: 'laptop',
          public_key: 'QP+A67Z2UBrMgvNIdHv8gPel5URWNLS4B3ZQ2hQIZlg=',
          address: '10.255.255.10',
        },
      ],
    },
  },
};
const someServices = [radius, netbox, genieacs].reduce<Spec>(merged, {});
const everyService = [radius, netbox, genieacs, librenms, grafana, wireguard].reduce<Spec>(merged, {
  ...host,
  customers: 3000,
  plan: 'premium',
});

/** `create` of Kubernetes objects, by kind. */
function created(kinds: Readonly<Record<string, readonly string[]>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(kinds).flatMap(([kind, names]) =>
      names.map((name) => [`kubernetes_${kind}_v1.${name}`, 'create']),
    ),
  );
}

/** What cannot be without a database. */
const without = { services: { radius: { enabled: false }, netbox: { enabled: false } } };

export const ispKit: Kit = {
  blueprint,
  base: { network: vpc, setup: {}, services: { radius: {}, netbox: {} } },
  parameters: {
    customers: { few: { customers: 50 }, default: {}, many: { customers: 12_000 } },
    plan: { standard: {}, premium: { plan: 'premium' }, enterprise: { plan: 'enterprise' } },
    priority: { cluster: {}, by_plan: { priority_class: 'by-plan' }, given: { priority_class: 'batch' } },
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
    ingress: { none: {}, host, derived: { ingress: { base_domain: 'example.com' } } },
    setup: {
      built_in: {},
      own: { setup: { admin_user: 'root', admin_email: 'root@example.com', command: ['./setup'] } },
    },
    radius: { off: {}, on: radius, sized: merged(radius, { services: { radius: { storage_gb: 50 } } }) },
    netbox: { off: {}, on: netbox },
    genieacs: { off: {}, on: genieacs },
    wireguard: { off: {}, on: wireguard },
    librenms: { off: {}, on: librenms },
    metrics: { off: {}, prometheus, grafana },
    database: {
      none: { database: { mode: 'none' }, setup: { command: null }, ...without },
      in_cluster: {},
      rds: { database: { mode: 'rds', multi_az: true } },
    },
    cache: {
      none: { cache: { mode: 'none' }, services: { netbox: { enabled: false } } },
      in_cluster: {},
      elasticache: { cache: { mode: 'elasticache', replicas: 1 } },
    },
  },
  everything: { ...everyService, network: vpc },
  lives: [
    {
      name: 'from 500 customers to 5000, network services with more storage',
      first: merged(someServices, { ...host, customers: 500 }),
      then: merged(someServices, {
        ...host,
        customers: 5000,
        variables: { LOG_LEVEL: 'debug' },
        services: { radius: { storage_gb: 60 }, netbox: { storage_gb: 60 }, genieacs: { storage_gb: 60 } },
      }),
      changed: {
        'kubernetes_config_map_v1.variables': 'update',
        'kubernetes_deployment_v1.backend': 'update',
        'kubernetes_deployment_v1.frontend': 'update',
        'kubernetes_deployment_v1.genieacs_cwmp': 'update',
        'kubernetes_deployment_v1.genieacs_fs': 'update',
        'kubernetes_deployment_v1.genieacs_mongodb': 'update',
        'kubernetes_deployment_v1.genieacs_nbi': 'update',
        'kubernetes_deployment_v1.genieacs_ui': 'update',
        'kubernetes_deployment_v1.radius': 'update',
        'kubernetes_persistent_volume_claim_v1.database': 'update',
        'kubernetes_persistent_volume_claim_v1.database_backup': 'update',
        'kubernetes_persistent_volume_claim_v1.genieacs_mongodb': 'update',
        'kubernetes_persistent_volume_claim_v1.netbox': 'update',
        'kubernetes_persistent_volume_claim_v1.radius': 'update',
        'kubernetes_pod_disruption_budget_v1.backend': 'create',
        'kubernetes_pod_disruption_budget_v1.frontend': 'create',
        'kubernetes_resource_quota_v1.quota': 'update',
        'kubernetes_stateful_set_v1.cache': 'update',
        'kubernetes_stateful_set_v1.database': 'update',
      },
    },
    {
      name: 'monitoring and a tunnel later',
      first: merged(host, { database: { mode: 'none' } }),
      then: [librenms, grafana, wireguard].reduce<Spec>(merged, { ...host, database: { mode: 'none' } }),
      changed: {
        ...created({
          config_map: ['grafana', 'librenms', 'prometheus'],
          deployment: ['grafana', 'librenms', 'librenms_database', 'prometheus', 'wireguard'],
          ingress: ['grafana_ingress', 'librenms_ingress'],
          network_policy: [
            'services_app',
            'services_grafana',
            'services_librenms',
            'services_librenms_database',
            'services_prometheus',
            'services_wireguard',
          ],
          persistent_volume_claim: ['grafana', 'librenms', 'librenms_database', 'prometheus'],
          secret: ['grafana', 'librenms', 'wireguard'],
          service_account: ['grafana', 'librenms', 'librenms_database', 'prometheus', 'wireguard'],
          service: [
            'grafana',
            'librenms',
            'librenms_database',
            'prometheus',
            'prometheus_backend',
            'wireguard',
          ],
        }),
        'kubernetes_config_map_v1.variables': 'update',
        'kubernetes_deployment_v1.backend': 'update',
        'kubernetes_deployment_v1.frontend': 'update',
        'kubernetes_resource_quota_v1.quota': 'update',
      },
    },
  ],
};
