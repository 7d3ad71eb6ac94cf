import type { SandboxRun } from '../sandbox-run.js';
import { isObject, textAt, type ValueObject } from '../values.js';
import { stableHex, stableNumber } from './derived-names.js';
import type { ComputeInput, Computed, TypeOverlay } from './overlay-type.js';

const identify = (value: ValueObject, run: SandboxRun) => {
  const name = textAt(value, 'name')?.replace(/^\//, '');
  if (name === undefined) return undefined;
  const objectId = textAt(value, 'id') ?? stableHex(run, 64, 'docker_container', name);
  return { objectId, naturalKey: name, name };
};

/** A container is made anew for nearly every change; what is not named here is changed in place. */
const forceNew = [
  'capabilities',
  'cgroup_parent',
  'cgroupns_mode',
  'command',
  'cpus',
  'devices',
  'dns',
  'dns_opts',
  'dns_search',
  'domainname',
  'entrypoint',
  'env',
  'gpus',
  'group_add',
  'host',
  'hostname',
  'image',
  'ipc_mode',
  'labels',
  'log_driver',
  'log_opts',
  'mounts',
  'name',
  'network_mode',
  'networks_advanced',
  'pid_mode',
  'ports',
  'privileged',
  'publish_all_ports',
  'read_only',
  'runtime',
  'security_opts',
  'shm_size',
  'stdin_open',
  'stop_signal',
  'stop_timeout',
  'storage_opts',
  'sysctls',
  'tty',
  'ulimit',
  'upload',
  'user',
  'userns_mode',
  'volumes',
  'working_dir',
];

const defaults = {
  attach: false,
  container_read_refresh_timeout_milliseconds: 15_000,
  logs: false,
  must_run: true,
  network_mode: 'bridge',
  read_only: false,
  remove_volumes: true,
  restart: 'no',
  rm: false,
  start: true,
  stdin_open: false,
  tty: false,
  wait: false,
  wait_timeout: 60,
  'healthcheck.interval': '0s',
  'healthcheck.retries': 0,
  'healthcheck.start_interval': '0s',
  'healthcheck.start_period': '0s',
  'healthcheck.timeout': '0s',
  'ports.ip': '0.0.0.0',
  'ports.protocol': 'tcp',
  'upload.executable': false,
};

export const containerOverlay: TypeOverlay = {
  forceNew,
  defaults,
  identify,
  compute: (input) => {
    const { value, run } = input;
    const id = identify(value, run)?.objectId ?? '';
    return {
      id,
      bridge: '',
      command: [],
      entrypoint: [],
      env: [],
      exit_code: 0,
      hostname: id.slice(0, 12),
      init: false,
      ipc_mode: 'private',
      log_driver: 'json-file',
      network_data: networksOf(input),
      runtime: 'runc',
      security_opts: [],
      shm_size: 64,
      stop_signal: '',
      stop_timeout: 0,
      'ports.external': (port: ValueObject) =>
        32_768 + stableNumber(run, 28_000, id, String(port['internal'])),
    } satisfies Record<string, Computed>;
  },
  alreadyExists: (_value, { name }) =>
    'Unable to create container: Error response from daemon: Conflict. ' +
    `The container name "/${name}" is already in use`,
};

function networksOf({ value, run }: ComputeInput): object[] {
  const asked = value['networks_advanced'];
  const names = Array.isArray(asked)
    ? asked.flatMap((network: unknown) => (isObject(network) ? [textAt(network, 'name') ?? ''] : []))
    : [];
  const container = textAt(value, 'name') ?? '';
  return (names.length > 0 ? names : [textAt(value, 'network_mode') ?? 'bridge']).map((name) => {
    const subnet = `172.${18 + stableNumber(run, 14, 'docker_network', name)}`;
    const [third, fourth] = ['a', 'b'].map((part) => stableNumber(run, 250, name, container, part));
    return {
      gateway: `${subnet}.0.1`,
      global_ipv6_address: '',
      global_ipv6_prefix_length: 0,
      ip_address: `${subnet}.${third}.${(fourth ?? 0) + 2}`,
      ip_prefix_length: 16,
      ipv6_gateway: '',
      mac_address: `02:42:${stableHex(run, 8, name, container).replace(/(..)(?=.)/g, '$1:')}`,
      network_name: name,
    };
  });
}
