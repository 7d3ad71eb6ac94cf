import type { ValueObject } from '../values.js';
import type { Computed } from './overlay-type.js';

/** What the provider and the API server fill in where a pod template leaves it out. */
export interface PodOverlay {
  readonly defaults: Readonly<Record<string, unknown>>;
  readonly computed: Readonly<Record<string, Computed>>;
}

const podDefaults = {
  automount_service_account_token: true,
  dns_policy: 'ClusterFirst',
  enable_service_links: true,
  host_ipc: false,
  host_network: false,
  host_pid: false,
  restart_policy: 'Always',
  share_process_namespace: false,
  termination_grace_period_seconds: 30,
  'topology_spread_constraint.max_skew': 1,
  'topology_spread_constraint.when_unsatisfiable': 'DoNotSchedule',
  'volume.config_map.default_mode': '0644',
  'volume.secret.default_mode': '0644',
};

const probeDefaults = {
  failure_threshold: 3,
  initial_delay_seconds: 0,
  period_seconds: 10,
  success_threshold: 1,
  timeout_seconds: 1,
  'http_get.scheme': 'HTTP',
};

const containerDefaults = {
  stdin: false,
  stdin_once: false,
  tty: false,
  termination_message_path: '/dev/termination-log',
  'env.value_from.field_ref.api_version': 'v1',
  'port.protocol': 'TCP',
  'security_context.allow_privilege_escalation': true,
  'security_context.privileged': false,
  'security_context.read_only_root_filesystem': false,
  'volume_mount.mount_propagation': 'None',
  'volume_mount.read_only': false,
  ...under('liveness_probe', probeDefaults),
  ...under('readiness_probe', probeDefaults),
  ...under('startup_probe', probeDefaults),
};

/** As the API server does it: an image without a tag, or of the tag `latest`, is always pulled. */
const pullPolicy = ({ image }: ValueObject) =>
  typeof image === 'string' && (/:latest$/.test(image) || !/[:@][^/]*$/.test(image))
    ? 'Always'
    : 'IfNotPresent';

const containerComputed = {
  image_pull_policy: pullPolicy,
  termination_message_policy: 'File',
  'resources.limits': {},
  'resources.requests': {},
};

/** The pod template's specification at a dotted path such as `spec.template.spec`. */
export function podAt(path: string, own: Readonly<Record<string, unknown>> = {}): PodOverlay {
  return {
    defaults: under(path, {
      ...podDefaults,
      ...under('container', containerDefaults),
      ...under('init_container', containerDefaults),
      ...own,
    }),
    computed: under(path, {
      hostname: '',
      node_name: '',
      scheduler_name: 'default-scheduler',
      service_account_name: '',
      ...under('container', containerComputed),
      ...under('init_container', containerComputed),
    }),
  };
}

/** The members with a path in front of each name. */
export function under<T>(prefix: string, values: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(values).map(([path, value]) => [`${prefix}.${path}`, value]));
}
