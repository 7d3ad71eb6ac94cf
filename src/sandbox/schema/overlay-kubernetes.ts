import { lookUp, textAt, type ValueObject } from '../values.js';
import { host, randomSuffix, stableHex, stableNumber, stableUuid } from './derived-names.js';
import {
  dataFaults,
  elementsAt,
  hostFaults,
  metadataFaults,
  portFaults,
  quantityFaults,
  type NameKind,
} from './kubernetes-rules.js';
import type { ComputeInput, Computed, Identity, TypeOverlay } from './overlay-type.js';

interface KindProps {
  /** As the API server writes it in errors: `services`. */
  readonly plural: string;
  readonly nameKind?: NameKind;
  readonly clusterScoped?: boolean;
  /** The API server counts generations of this kind. */
  readonly hasGeneration?: boolean;
  readonly overlay?: Omit<TypeOverlay, 'faultsOf' | 'compute'>;
  readonly compute?: (input: ComputeInput, key: string) => Readonly<Record<string, Computed>>;
  readonly faultsOf?: (value: ValueObject) => readonly string[];
}

/** Namespaces that every cluster has from the start. */
export const givenNamespaces = ['default', 'kube-system', 'kube-public', 'kube-node-lease'];

function kind(type: string, props: KindProps): TypeOverlay {
  const { overlay = {}, clusterScoped = false } = props;
  return {
    ...overlay,
    forceNew: ['metadata.name', 'metadata.namespace', 'metadata.generate_name', ...(overlay.forceNew ?? [])],
    defaults: { ...(clusterScoped ? {} : { 'metadata.namespace': 'default' }), ...overlay.defaults },
    renewed: ['metadata.resource_version', 'metadata.generation', ...(overlay.renewed ?? [])],
    names: (value) => ({
      'metadata.name': `${textAt(value, 'metadata.generate_name') ?? ''}${randomSuffix(5)}`,
    }),
    identify: (value) => identify(value, clusterScoped),
    compute: (input) => {
      const key = identify(input.value, clusterScoped)?.objectId ?? '';
      return {
        ...metadataOf(type, input, { key, counted: props.hasGeneration ?? false }),
        ...props.compute?.(input, key),
      };
    },
    faultsOf: (value) => [
      ...metadataFaults(value, props.nameKind ?? 'subdomain'),
      ...(props.faultsOf?.(value) ?? []),
    ],
    alreadyExists: (_value, identity) => `${props.plural} "${identity.name}" already exists`,
    parentMissing: (identity) => `namespaces "${identity.parent?.objectId}" not found`,
  };
}

function identify(value: ValueObject, clusterScoped: boolean): Identity | undefined {
  const name = textAt(value, 'metadata.name');
  if (name === undefined) return undefined;
  if (clusterScoped) return { objectId: name, name };
  const namespace = textAt(value, 'metadata.namespace') ?? 'default';
  return {
    objectId: `${namespace}/${name}`,
    name,
    parent: { type: 'kubernetes_namespace_v1', objectId: namespace },
  };
}

function metadataOf(type: string, input: ComputeInput, props: { key: string; counted: boolean }) {
  const { run, prior } = input;
  const version = prior && Number(lookUp(prior, 'metadata.resource_version'));
  const generation = prior && Number(lookUp(prior, 'metadata.generation') ?? 0);
  return {
    id: props.key,
    'metadata.uid': stableUuid(run, type, props.key),
    'metadata.resource_version': String(
      version ? version + 1 : 1000 + stableNumber(run, 900_000, type, props.key),
    ),
    'metadata.generation': props.counted ? (generation ?? 0) + 1 : 0,
  };
}

const loadBalancer = (input: ComputeInput, key: string) => [
  {
    load_balancer: [
      { ingress: [{ hostname: host(input.run, 'elb', `k8s-${stableHex(input.run, 10, key)}`), ip: '' }] },
    ],
  },
];

const podDefaults = {
  dns_policy: 'ClusterFirst',
  enable_service_links: true,
  host_ipc: false,
  host_network: false,
  host_pid: false,
  restart_policy: 'Always',
  share_process_namespace: false,
  termination_grace_period_seconds: 30,
  automount_service_account_token: true,
};
const containerDefaults = {
  stdin: false,
  stdin_once: false,
  tty: false,
  termination_message_path: '/dev/termination-log',
  'port.protocol': 'TCP',
};
const prefixed = (prefix: string, values: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(Object.entries(values).map(([path, value]) => [`${prefix}.${path}`, value]));
const pod = 'spec.template.spec';

export const kubernetesOverlays: Readonly<Record<string, TypeOverlay>> = {
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
  kubernetes_stateful_set_v1: kind('kubernetes_stateful_set_v1', {
    plural: 'statefulsets',
    hasGeneration: true,
    overlay: {
      forceNew: [
        'spec.selector',
        'spec.service_name',
        'spec.pod_management_policy',
        'spec.volume_claim_template',
      ],
      defaults: {
        wait_for_rollout: true,
        ...prefixed(pod, podDefaults),
        ...prefixed(`${pod}.container`, containerDefaults),
        ...prefixed(`${pod}.init_container`, containerDefaults),
      },
    },
    compute: () => ({
      'spec.pod_management_policy': 'OrderedReady',
      'spec.replicas': '1',
      'spec.revision_history_limit': 10,
      [`${pod}.scheduler_name`]: 'default-scheduler',
      [`${pod}.container.image_pull_policy`]: 'IfNotPresent',
      [`${pod}.init_container.image_pull_policy`]: 'IfNotPresent',
      [`${pod}.container.termination_message_policy`]: 'File',
      [`${pod}.init_container.termination_message_policy`]: 'File',
    }),
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
