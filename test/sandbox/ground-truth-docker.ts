import type { TypeFacts } from './ground-truth.js';

/** Provider kreuzwerker/docker 3.6. */
export const dockerFacts: Readonly<Record<string, TypeFacts>> = {
  docker_container: {
    replaces: [
      'image',
      'name',
      'command',
      'env',
      'ports',
      'volumes',
      'mounts',
      'labels',
      'networks_advanced',
      'privileged',
      'read_only',
      'upload',
      'user',
      'capabilities',
      'cpus',
    ],
    updates: ['restart', 'max_retry_count', 'memory', 'memory_swap', 'cpu_shares', 'cpu_set'],
    required: ['image', 'name', 'ports.internal', 'healthcheck.test', 'networks_advanced.name'],
    computed: ['bridge', 'exit_code', 'network_data', 'container_logs'],
    atMostOne: ['healthcheck', 'capabilities'],
    defaults: {
      must_run: true,
      network_mode: 'bridge',
      restart: 'no',
      start: true,
      wait: false,
      wait_timeout: 60,
      'ports.protocol': 'tcp',
      'ports.ip': '0.0.0.0',
      'healthcheck.interval': '0s',
    },
  },
  docker_network: {
    replaces: ['name', 'driver', 'internal', 'ipam_config', 'labels', 'ipv6'],
    required: ['name'],
    computed: ['scope'],
    defaults: { ipam_driver: 'default' },
  },
  docker_volume: { replaces: ['name', 'driver', 'driver_opts', 'labels'], computed: ['mountpoint'] },
  docker_image: {
    replaces: ['name', 'pull_triggers', 'triggers'],
    updates: ['keep_locally', 'force_remove'],
    required: ['name'],
    computed: ['image_id', 'repo_digest'],
  },
};
