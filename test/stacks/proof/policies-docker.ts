/** What every container on a machine must keep to. */
import { each, first, listOf, type Body, type Policy } from './policy.js';

const container = /^docker_container$/;
const textsIn = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);

export const dockerPolicies: readonly Policy[] = [
  each('no container on a machine has rights or can gain any', container, (body) => {
    if (body['privileged'] === true) return 'is privileged';
    const { add, drop } = first(body['capabilities']);
    if (textsIn(drop).join() !== 'ALL' || textsIn(add).length > 0) return 'keeps capabilities';
    if (!textsIn(body['security_opts']).includes('no-new-privileges')) return 'can gain privileges';
    const [user = ''] = String(body['user'] ?? '').split(':');
    return !/^[1-9]\d*$/.test(user) && 'may run as root';
  }),
  each('no container on a machine shares what is of the machine', container, (body) => {
    const shared = ['ipc_mode', 'network_mode', 'pid_mode', 'userns_mode'].filter((field) =>
      /^(host|container:)/.test(String(body[field] ?? '')),
    );
    if (shared.length > 0) return `shares ${shared.join(', ')}`;
    if (listOf(body['devices']).length > 0) return 'has devices';
    const folders = [
      ...listOf(body['volumes']).filter((one) => one['host_path'] !== undefined),
      ...listOf(body['mounts']).filter((one) => one['type'] === 'bind'),
    ];
    return folders.length > 0 && 'mounts a folder of the machine';
  }),
  each('every container on a machine has limits, and logs that are rotated', container, (body) => {
    if (!(Number(body['memory']) > 0) || body['memory_swap'] !== body['memory']) return 'has no memory limit';
    if (!(Number(body['cpus']) > 0)) return 'has no CPU limit';
    return (body['log_opts'] as Body | undefined)?.['max-size'] === undefined && 'logs without end';
  }),
  each('images on a machine are pinned', /^docker_(container|image)$/, (body) => {
    const image = String(body['image'] ?? body['name']);
    const pinned = /(:(?!latest$)[\w.-]+|@sha256:[0-9a-f]{64}|^\$\{docker_image\.\w+\.image_id\})$/;
    return !pinned.test(image) && image;
  }),
  each('ports are published on loopback only', container, (body) => {
    if (body['publish_all_ports'] === true) return 'publishes all ports';
    const open = listOf(body['ports']).filter(({ ip }) => ip !== '127.0.0.1');
    return open.length > 0 && `port ${String(open[0]?.['internal'])} is open to everyone`;
  }),
  each('data services on a machine are in networks without a way out', container, (body, { resource }) => {
    const data = listOf(body['labels']).some(
      ({ label, value }) => label === 'terrace.dev/component' && /^(database|cache)$/.test(String(value)),
    );
    if (!data) return false;
    if (listOf(body['ports']).length > 0) return 'publishes a port';
    const networks = listOf(body['networks_advanced']).map(
      ({ name }) => /docker_network\.(\w+)\./.exec(String(name))?.[1] ?? '',
    );
    const closed = networks.every((name) => resource['docker_network']?.[name]?.['internal'] === true);
    return (networks.length === 0 || !closed) && 'is in a network that leads out';
  }),
];
