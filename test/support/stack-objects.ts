import type { StackJson } from '../stacks/stack-json.js';

type Fields = Readonly<Record<string, unknown>>;

const apiVersions: Readonly<Record<string, readonly string[]>> = {
  v1: [
    'ConfigMap',
    'LimitRange',
    'Namespace',
    'PersistentVolumeClaim',
    'ResourceQuota',
    'Secret',
    'Service',
    'ServiceAccount',
  ],
  'apps/v1': ['DaemonSet', 'Deployment', 'StatefulSet'],
  'autoscaling/v2': ['HorizontalPodAutoscaler'],
  'batch/v1': ['CronJob', 'Job'],
  'networking.k8s.io/v1': ['Ingress', 'NetworkPolicy'],
  'policy/v1': ['PodDisruptionBudget'],
  'rbac.authorization.k8s.io/v1': ['ClusterRole', 'ClusterRoleBinding', 'Role', 'RoleBinding'],
  'scheduling.k8s.io/v1': ['PriorityClass'],
  'storage.k8s.io/v1': ['StorageClass'],
};

/** Arguments of Terraform that are no part of the object. */
const ownArguments = /^(depends_on|lifecycle|provider|timeouts|wait_.*|wait|\/\/)$/;

/** Lists of blocks have names in the singular in Terraform. */
const plurals: Readonly<Record<string, string>> = {
  container: 'containers',
  http_header: 'httpHeaders',
  image_pull_secret: 'imagePullSecrets',
  init_container: 'initContainers',
  limit: 'limits',
  match_expression: 'matchExpressions',
  metric: 'metrics',
  node_selector_term: 'nodeSelectorTerms',
  path: 'paths',
  policy: 'policies',
  port: 'ports',
  rule: 'rules',
  subject: 'subjects',
  toleration: 'tolerations',
  topology_spread_constraint: 'topologySpreadConstraints',
  volume: 'volumes',
  volume_claim_template: 'volumeClaimTemplates',
  volume_mount: 'volumeMounts',
};

/** Single blocks that the provider's bindings take as lists. */
const singles = /^(grpc|label_selector|post_start|pre_stop|scale_down|scale_up|tcp_socket)$/;

/** Maps whose keys are the caller's own. */
const maps =
  /^(annotations|binary_data|data|default|default_request|hard|labels|limits|match_labels|max|min|node_selector|parameters|requests)$/;

/** Texts in Terraform, since they may also be names, shares or unset; whole numbers in the API. */
const numbers =
  /^(fs_group|max_surge|max_unavailable|min_available|port|replicas|run_as_group|run_as_user|target_port|ttl_seconds_after_finished)$/;

/** Octal texts in Terraform. */
const modes = /^(default_)?mode$/;

const otherNames: Readonly<Record<string, string>> = {
  cluster_ip: 'clusterIP',
  external_ips: 'externalIPs',
  host_ipc: 'hostIPC',
  timezone: 'timeZone',
  host_pid: 'hostPID',
  load_balancer_ip: 'loadBalancerIP',
  storage_provisioner: 'provisioner',
};

/** The Kubernetes objects of a synthesized stack, in the form of the API and the order of the stack. Terraform writes secrets plainly,
 *  so their data is `stringData`. Custom resources (`kubernetes_manifest`) have no schema here and are left out. Throws for a type
 *  that has no line in `apiVersions`. */
export function objectsOf(stack: Pick<StackJson, 'resource'>): unknown[] {
  return Object.entries(stack.resource)
    .filter(([type]) => type.startsWith('kubernetes_') && type !== 'kubernetes_manifest')
    .flatMap(([type, byName]) => Object.values(byName).map((body) => objectOf(type, body)));
}

function objectOf(type: string, body: Fields): unknown {
  const kind = type
    .replace(/^kubernetes_|_v\d+$/g, '')
    .replace(/(?:^|_)([a-z])/g, (_all, letter: string) => letter.toUpperCase());
  const apiVersion = Object.keys(apiVersions).find((version) => apiVersions[version]?.includes(kind));
  if (apiVersion === undefined)
    throw new Error(`no apiVersion is known of ${type}: add it in test/support/stack-objects.ts`);
  const own = Object.entries(body).filter(([key]) => !ownArguments.test(key));
  const { data, ...rest } = fieldsOf(Object.fromEntries(own));
  const content = data === undefined ? {} : kind === 'Secret' ? { stringData: data } : { data };
  return { apiVersion, kind, ...rest, ...content };
}

function fieldsOf(block: Fields): Fields {
  return Object.fromEntries(Object.entries(block).map(([key, value]) => fieldOf(key, value)));
}

function fieldOf(key: string, value: unknown): [string, unknown] {
  const name = otherNames[key] ?? key.replace(/_([a-z0-9])/g, (_all, letter: string) => letter.toUpperCase());
  if (Array.isArray(value)) {
    if (singles.test(key) && value.length === 1) return fieldOf(key, value[0]);
    const blocks = value.some((one) => one !== null && typeof one === 'object');
    return blocks ? [plurals[key] ?? name, value.map((one) => fieldsOf(one as Fields))] : [name, value];
  }
  if (value !== null && typeof value === 'object')
    return [name, maps.test(key) ? value : fieldsOf(value as Fields)];
  if (modes.test(key) && /^[0-7]+$/.test(String(value))) return [name, parseInt(String(value), 8)];
  return [name, numbers.test(key) && /^\d+$/.test(String(value)) ? Number(value) : value];
}
