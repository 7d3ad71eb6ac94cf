import type { Variant } from './all-types.js';

/** Every Kubernetes and Helm type the sandbox serves; each resource is called `main`. */
export function kubernetesTypes({ name, pods, chartVersion, password }: Required<Variant>) {
  const namespace = '${kubernetes_namespace_v1.main.metadata[0].name}';
  const metadata = (own: string) => ({ name: own, namespace, labels: { 'app.kubernetes.io/name': name } });
  const container = {
    name: 'db',
    image: 'postgres:17',
    port: [{ container_port: 5432 }],
    resources: [{ limits: { cpu: '1', memory: '1Gi' } }],
    env: [{ name: 'PGDATA', value: '/data/pg' }],
  };
  const probe = { http_get: [{ path: '/health', port: '8080' }], period_seconds: 5 };
  const webPod = {
    service_account_name: 'runner',
    automount_service_account_token: false,
    security_context: [
      { run_as_non_root: true, fs_group: '1000', seccomp_profile: [{ type: 'RuntimeDefault' }] },
    ],
    init_container: [{ name: 'wait', image: 'busybox', command: ['true'] }],
    container: [
      {
        ...container,
        name: 'web',
        env_from: [{ secret_ref: [{ name: 'variables' }] }],
        startup_probe: [{ ...probe, failure_threshold: 24 }],
        readiness_probe: [probe],
        liveness_probe: [probe],
        security_context: [{ allow_privilege_escalation: false, capabilities: [{ drop: ['ALL'] }] }],
        volume_mount: [{ name: 'tmp', mount_path: '/tmp' }],
      },
    ],
    topology_spread_constraint: [
      { topology_key: 'kubernetes.io/hostname', label_selector: [{ match_labels: { app: 'web' } }] },
    ],
    volume: [
      { name: 'tmp', empty_dir: [{ size_limit: '64Mi' }] },
      { name: 'settings', config_map: [{ name: 'settings' }] },
    ],
  };
  return {
    kubernetes_namespace_v1: {
      main: { metadata: [{ name, labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } }] },
    },
    kubernetes_resource_quota_v1: {
      main: { metadata: [metadata('quota')], spec: [{ hard: { pods, cpu: '4' } }] },
    },
    kubernetes_limit_range_v1: {
      main: {
        metadata: [metadata('limits')],
        spec: [{ limit: [{ type: 'Container', default: { cpu: '500m' } }] }],
      },
    },
    kubernetes_network_policy_v1: {
      main: {
        metadata: [metadata('deny')],
        spec: [
          {
            pod_selector: [{}],
            policy_types: ['Ingress', 'Egress'],
            egress: [{ ports: [{ port: '53', protocol: 'UDP' }], to: [{ namespace_selector: [{}] }] }],
          },
        ],
      },
    },
    kubernetes_secret_v1: {
      main: { metadata: [metadata('variables')], data: { PASSWORD: password, SHORT: 'x' } },
    },
    kubernetes_config_map_v1: { main: { metadata: [metadata('settings')], data: { MODE: 'live' } } },
    kubernetes_service_account_v1: { main: { metadata: [metadata('runner')] } },
    kubernetes_stateful_set_v1: {
      main: {
        metadata: [metadata('db')],
        spec: [
          {
            service_name: 'db',
            replicas: '1',
            selector: [{ match_labels: { app: 'db' } }],
            template: [
              {
                metadata: [{ labels: { app: 'db' } }],
                spec: [{ container: [container], security_context: [{ run_as_non_root: true }] }],
              },
            ],
            volume_claim_template: [
              {
                metadata: [{ name: 'data' }],
                spec: [{ access_modes: ['ReadWriteOnce'], resources: [{ requests: { storage: '10Gi' } }] }],
              },
            ],
          },
        ],
      },
    },
    kubernetes_persistent_volume_claim_v1: {
      main: {
        metadata: [metadata('files')],
        spec: [{ access_modes: ['ReadWriteOnce'], resources: [{ requests: { storage: '10Gi' } }] }],
      },
    },
    kubernetes_storage_class_v1: {
      main: {
        metadata: [{ name: `${name}-fast` }],
        storage_provisioner: 'ebs.csi.aws.com',
        parameters: { type: 'gp3' },
        volume_binding_mode: 'WaitForFirstConsumer',
      },
    },
    kubernetes_priority_class_v1: { main: { metadata: [{ name: `${name}-high` }], value: 1000 } },
    kubernetes_horizontal_pod_autoscaler_v2: {
      main: {
        metadata: [metadata('web')],
        spec: [
          {
            max_replicas: 5,
            scale_target_ref: [{ api_version: 'apps/v1', kind: 'Deployment', name: 'web' }],
            metric: [
              {
                type: 'Resource',
                resource: [{ name: 'cpu', target: [{ type: 'Utilization', average_utilization: 70 }] }],
              },
            ],
          },
        ],
      },
    },
    kubernetes_pod_disruption_budget_v1: {
      main: {
        metadata: [metadata('web')],
        spec: [{ min_available: '1', selector: [{ match_labels: { app: 'web' } }] }],
      },
    },
    kubernetes_role_v1: {
      main: {
        metadata: [metadata('reader')],
        rule: [{ api_groups: [''], resources: ['pods'], verbs: ['get'] }],
      },
    },
    kubernetes_role_binding_v1: {
      main: {
        metadata: [metadata('reader')],
        role_ref: [{ api_group: 'rbac.authorization.k8s.io', kind: 'Role', name: 'reader' }],
        subject: [{ kind: 'ServiceAccount', name: 'runner', namespace }],
      },
    },
    kubernetes_cluster_role_v1: {
      main: {
        metadata: [{ name: `${name}:nodes` }],
        rule: [{ api_groups: [''], resources: ['nodes'], verbs: ['get'] }],
      },
    },
    kubernetes_cluster_role_binding_v1: {
      main: {
        metadata: [{ name: `${name}:nodes` }],
        role_ref: [{ api_group: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: `${name}:nodes` }],
        subject: [{ kind: 'Group', name: 'operators' }],
      },
    },
    kubernetes_manifest: {
      main: {
        manifest: {
          apiVersion: 'monitoring.coreos.com/v1',
          kind: 'ServiceMonitor',
          metadata: { name: 'web', namespace, labels: { team: name } },
          spec: {
            selector: { matchLabels: { app: 'web' } },
            endpoints: [
              { port: 'metrics', interval: '30s' },
              { port: 'admin', honorLabels: true },
            ],
            sampleLimit: `\${${pods}}`,
          },
        },
      },
    },
    kubernetes_deployment_v1: {
      main: {
        metadata: [metadata('web')],
        spec: [
          {
            replicas: '2',
            selector: [{ match_labels: { app: 'web' } }],
            strategy: [{ rolling_update: [{ max_unavailable: '0' }] }],
            template: [{ metadata: [{ labels: { app: 'web' } }], spec: [webPod] }],
          },
        ],
      },
    },
    kubernetes_daemon_set_v1: {
      main: {
        metadata: [metadata('agent')],
        spec: [
          {
            selector: [{ match_labels: { app: 'agent' } }],
            template: [{ metadata: [{ labels: { app: 'agent' } }], spec: [{ container: [container] }] }],
          },
        ],
      },
    },
    kubernetes_job_v1: {
      main: {
        metadata: [metadata('migrate')],
        spec: [{ backoff_limit: 2, template: [{ metadata: [{}], spec: [{ container: [container] }] }] }],
      },
    },
    kubernetes_cron_job_v1: {
      main: {
        metadata: [metadata('backup')],
        spec: [
          {
            schedule: '0 3 * * *',
            job_template: [
              {
                metadata: [{}],
                spec: [{ template: [{ metadata: [{}], spec: [{ container: [container] }] }] }],
              },
            ],
          },
        ],
      },
    },
    kubernetes_service_v1: {
      main: {
        metadata: [metadata('db')],
        spec: [{ selector: { app: 'db' }, port: [{ name: 'pg', port: 5432 }] }],
      },
    },
    kubernetes_ingress_v1: {
      main: {
        metadata: [metadata('web')],
        spec: [
          {
            ingress_class_name: 'nginx',
            rule: [
              {
                host: `${name}.example.com`,
                http: [
                  {
                    path: [
                      {
                        path: '/',
                        path_type: 'Prefix',
                        backend: [{ service: [{ name: 'web', port: [{ number: 80 }] }] }],
                      },
                    ],
                  },
                ],
              },
            ],
            tls: [{ hosts: [`${name}.example.com`], secret_name: 'web-tls' }],
          },
        ],
      },
    },
    helm_release: {
      main: {
        name: 'app',
        namespace,
        chart: 'app',
        repository: 'oci://charts.example.com/app',
        version: chartVersion,
        values: ['replicas: 2\n'],
        set: [{ name: 'host', value: '${aws_db_instance.main.address}' }],
        set_sensitive: [{ name: 'password', value: password }],
        depends_on: ['kubernetes_secret_v1.main'],
      },
    },
  };
}
