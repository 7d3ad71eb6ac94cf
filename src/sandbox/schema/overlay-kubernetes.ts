import { lookUp, textAt, type ValueObject } from '../values.js';
import { host, stableHex, stableNumber } from './derived-names.js';
import { givenNamespaces, kind } from './kubernetes-kind.js';
import { dataFaults, elementsAt, hostFaults, portFaults, quantityFaults } from './kubernetes-rules.js';
import { accessOverlays } from './overlay-kubernetes-access.js';
import { manifestOverlay } from './overlay-kubernetes-manifest.js';
import { scalingOverlays } from './overlay-kubernetes-scaling.js';
import { storageOverlays } from './overlay-kubernetes-storage.js';
import { workloadOverlays } from './overlay-kubernetes-workloads.js';
import type { ComputeInput, TypeOverlay } from './overlay-type.js';

const loadBalancer = (input: ComputeInput, key: string) => [
  {
    load_balancer: [
      { ingress: [{ hostname: host(input.run, 'elb', `k8s-${stableHex(input.run, 10, key)}`), ip: '' }] },
    ],
  },
];

export const kubernetesOverlays: Readonly<Record<string, TypeOverlay>> = {
  ...workloadOverlays,
  ...accessOverlays,
  ...scalingOverlays,
  ...storageOverlays,
  kubernetes_manifest: manifestOverlay,
  kubernetes_namespace_v1: kind('kubernetes_namespace_v1', {
    plural: 'namespaces',
    nameKind: 'label',
    clusterScoped: true,
    overlay: {
      defaults: { wait_for_default_service_account: false },
      refuseDelete: (value) => {
        const name = textAt(value, 'metadata.name') ?? '';
        return givenNamespaces.includes(name)
          ? `namespaces "${name}" is forbidden: this namespace may not be deleted`
          : undefined;
      },
    },
  }),
  kubernetes_resource_quota_v1: kind('kubernetes_resource_quota_v1', {
    plural: 'resourcequotas',
    overlay: { forceNew: ['spec.scopes', 'spec.scope_selector'] },
    faultsOf: (value) => quantityFaults(lookUp(value, 'spec.hard'), 'spec.hard'),
  }),
  kubernetes_limit_range_v1: kind('kubernetes_limit_range_v1', {
    plural: 'limitranges',
    compute: () => ({ 'spec.limit.default_request': (limit: ValueObject) => limit['default'] ?? {} }),
    faultsOf: (value) =>
      elementsAt(value, 'spec.limit').flatMap((limit, i) =>
        ['default', 'default_request', 'max', 'min'].flatMap((name) =>
          quantityFaults(lookUp(limit, name), `spec.limits[${i}].${name}`),
        ),
      ),
  }),
  kubernetes_network_policy_v1: kind('kubernetes_network_policy_v1', {
    plural: 'networkpolicies',
    hasGeneration: true,
  }),
  kubernetes_secret_v1: kind('kubernetes_secret_v1', {
    plural: 'secrets',
    overlay: {
      sensitive: ['data', 'binary_data'],
      writeOnly: ['data_wo', 'binary_data_wo'],
      forceNew: ['type'],
      defaults: { type: 'Opaque', wait_for_service_account_token: true },
    },
    faultsOf: (value) => dataFaults(value, ['data', 'binary_data', 'data_wo', 'binary_data_wo']),
  }),
  kubernetes_config_map_v1: kind('kubernetes_config_map_v1', {
    plural: 'configmaps',
    faultsOf: (value) => dataFaults(value, ['data', 'binary_data']),
  }),
  kubernetes_service_account_v1: kind('kubernetes_service_account_v1', {
    plural: 'serviceaccounts',
    overlay: { defaults: { automount_service_account_token: true } },
    compute: () => ({ default_secret_name: '' }),
  }),
  kubernetes_service_v1: kind('kubernetes_service_v1', {
    plural: 'services',
    nameKind: 'service',
    overlay: {
      forceNew: ['spec.cluster_ip'],
      defaults: {
        wait_for_load_balancer: true,
        'spec.type': 'ClusterIP',
        'spec.session_affinity': 'None',
        'spec.publish_not_ready_addresses': false,
        'spec.allocate_load_balancer_node_ports': true,
        'spec.port.protocol': 'TCP',
      },
      unknownWhen: { status: ['spec.type'] },
    },
    compute: (input, key) => {
      const type = textAt(input.value, 'spec.type');
      const open = type === 'LoadBalancer' || type === 'NodePort';
      const given = textAt(input.value, 'spec.cluster_ip');
      const ip =
        given ??
        `10.100.${stableNumber(input.run, 256, key, 'a')}.${1 + stableNumber(input.run, 254, key, 'b')}`;
      return {
        'spec.cluster_ip': ip,
        'spec.cluster_ips': [ip],
        'spec.external_traffic_policy': open ? 'Cluster' : '',
        'spec.internal_traffic_policy': 'Cluster',
        'spec.ip_families': ['IPv4'],
        'spec.ip_family_policy': 'SingleStack',
        'spec.health_check_node_port': 0,
        'spec.port.target_port': (port: ValueObject) => String(port['port']),
        'spec.port.node_port': (port: ValueObject) =>
          open ? 30_000 + stableNumber(input.run, 2768, key, String(port['port'])) : 0,
        'spec.session_affinity_config.client_ip.timeout_seconds': 10_800,
        status: type === 'LoadBalancer' ? loadBalancer(input, key) : [{ load_balancer: [{ ingress: [] }] }],
      };
    },
    faultsOf: (value) =>
      elementsAt(value, 'spec.port').flatMap((port, i) =>
        portFaults(lookUp(port, 'port'), `spec.ports[${i}].port`),
      ),
  }),
  kubernetes_ingress_v1: kind('kubernetes_ingress_v1', {
    plural: 'ingresses',
    hasGeneration: true,
    compute: (input, key) => ({ 'spec.ingress_class_name': '', status: loadBalancer(input, key) }),
    faultsOf: (value) => [
      ...elementsAt(value, 'spec.rule').flatMap((rule, i) =>
        hostFaults(lookUp(rule, 'host'), `spec.rules[${i}].host`),
      ),
      ...elementsAt(value, 'spec.tls').flatMap((tls, i) =>
        elementsAt(tls, 'hosts').flatMap((name) => hostFaults(name, `spec.tls[${i}].hosts`)),
      ),
    ],
  }),
};
