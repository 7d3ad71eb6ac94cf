/** What every stack of every blueprint must keep to: our own defaults as a list. */
import { dockerPolicies } from './policies-docker.js';
import { each, first, listOf, type Body, type Policy } from './policy.js';

const anywhere = ['0.0.0.0/0', '::/0'];
const dataPorts = [5432, 3306, 6379, 27_017, 9042, 9200];

/** Every object below a value that has the given member. */
function having(value: unknown, member: string): Body[] {
  if (value === null || typeof value !== 'object') return [];
  const below = Object.values(value).flatMap((one) => having(one, member));
  return member in value ? [value as Body, ...below] : below;
}

const podTypes = /^kubernetes_(deployment|stateful_set|daemon_set|job|cron_job)_v1$/;

/** The pod specs of a workload. */
function podSpecs(body: Body): Body[] {
  return having(body, 'container');
}

function containers(body: Body): Body[] {
  return podSpecs(body).flatMap((pod) => [...listOf(pod['container']), ...listOf(pod['init_container'])]);
}

export const policies: readonly Policy[] = [
  ...dockerPolicies,
  each(
    'databases are encrypted at rest',
    /^aws_db_instance$/,
    (body) => body['storage_encrypted'] !== true && 'is not',
  ),
  each(
    'databases are not public',
    /^aws_db_instance$/,
    (body) => body['publicly_accessible'] !== false && 'is public',
  ),
  each(
    'databases are backed up',
    /^aws_db_instance$/,
    (body) => !(Number(body['backup_retention_period']) >= 1) && 'keeps no backups',
  ),
  each('databases force TLS', /^aws_db_parameter_group$/, (body) => {
    const forced = listOf(body['parameter']).some(
      ({ name, value }) =>
        /^(rds\.force_ssl|require_secure_transport)$/.test(String(name)) && /^(1|ON)$/.test(String(value)),
    );
    return !forced && 'plain connections are taken';
  }),
  each('caches are encrypted at rest', /^aws_elasticache_replication_group$/, (body) => {
    return String(body['at_rest_encryption_enabled']) !== 'true' && 'is not';
  }),
  each('caches are encrypted on the way', /^aws_elasticache_replication_group$/, (body) => {
    return (
      (body['transit_encryption_enabled'] !== true || body['transit_encryption_mode'] !== 'required') &&
      'is not'
    );
  }),
  each('caches ask for a password', /^aws_elasticache_replication_group$/, (body) => {
    return body['auth_token'] === undefined && body['user_group_ids'] === undefined && 'takes anyone';
  }),
  each(
    'nothing is open to everyone but web ports',
    /^aws_(vpc_security_group_ingress_rule|security_group_rule)$/,
    (body) => {
      const open = [body['cidr_ipv4'], body['cidr_ipv6'], ...listOf(body['cidr_blocks'])].some((range) =>
        anywhere.includes(String(range)),
      );
      return (
        open &&
        ![80, 443].includes(Number(body['from_port'])) &&
        `port ${String(body['from_port'])} is open to everyone`
      );
    },
  ),
  each('no security group has rules inside', /^aws_security_group$/, (body) => {
    return listOf(body['ingress']).length > 0 && 'has ingress rules that no policy sees';
  }),
  each('data ports are open to no range wider than /8', /^aws_vpc_security_group_ingress_rule$/, (body) => {
    const width = Number(String(body['cidr_ipv4'] ?? '').split('/')[1] ?? 32);
    return (
      dataPorts.includes(Number(body['from_port'])) && width < 8 && `is open to ${String(body['cidr_ipv4'])}`
    );
  }),
  each('buckets are closed, encrypted and versioned or say so', /^aws_s3_bucket$/, (_body, { resource }) => {
    const closed = Object.values(resource['aws_s3_bucket_public_access_block'] ?? {}).some((block) =>
      ['block_public_acls', 'block_public_policy', 'ignore_public_acls', 'restrict_public_buckets'].every(
        (member) => block[member] === true,
      ),
    );
    if (!closed) return 'public access is not blocked';
    if (!resource['aws_s3_bucket_server_side_encryption_configuration']) return 'is not encrypted';
    return !resource['aws_s3_bucket_versioning'] && 'has no word on versioning';
  }),
  each('clusters encrypt their secrets and log', /^aws_eks_cluster$/, (body) => {
    if (listOf(body['encryption_config']).length === 0) return 'secrets are not encrypted by a key';
    return listOf(body['enabled_cluster_log_types']).length === 0 && 'keeps no control-plane log';
  }),
  each('a cluster open to the internet names who', /^aws_eks_cluster$/, (body) => {
    const { endpoint_public_access: open, public_access_cidrs: ranges } = first(body['vpc_config']);
    return (
      open === true && (!Array.isArray(ranges) || ranges.length === 0) && 'its endpoint is open to everyone'
    );
  }),
  each('machines ask for session tokens of metadata', /^aws_launch_template$/, (body) => {
    return first(body['metadata_options'])['http_tokens'] !== 'required' && 'IMDSv1 is on';
  }),
  each('no role may do everything', /^aws_iam_(role_policy|policy)$/, (body) => {
    const policy = JSON.parse(String(body['policy'])) as {
      Statement: { Effect: string; Action?: unknown; Resource?: unknown }[];
    };
    const wide = policy.Statement.some(
      ({ Effect, Action }) =>
        Effect === 'Allow' && [Action].flat().some((one) => one === '*' || one === 'iam:*'),
    );
    return wide && 'allows every action';
  }),
  {
    name: 'everything at AWS carries the tags of its environment',
    faults: ({ provider }) =>
      (provider['aws'] ?? []).flatMap((one) => {
        const tags = first(one['default_tags'])['tags'] as Body | undefined;
        const missing = [
          'terrace.dev/tenant-id',
          'terrace.dev/environment-id',
          'terrace.dev/blueprint',
        ].filter((tag) => !tags?.[tag]);
        return missing.map((tag) => `provider aws: no default tag ${tag}`);
      }),
  },
  {
    name: 'a session of the wrong account can touch nothing',
    faults: ({ provider }) =>
      (provider['aws'] ?? []).flatMap((one) =>
        (one['allowed_account_ids'] as unknown[] | undefined)?.length === 1
          ? []
          : ['provider aws: any account is taken'],
      ),
  },
  each('namespaces enforce a pod security level', /^kubernetes_namespace_v1$/, (body) => {
    const labels = first(body['metadata'])['labels'] as Body | undefined;
    return (
      !/^(restricted|baseline)$/.test(String(labels?.['pod-security.kubernetes.io/enforce'])) &&
      'takes any pod'
    );
  }),
  each('no container is privileged or may become it', podTypes, (body) => {
    const bad = containers(body).filter((one) => {
      const security = first(one['security_context']);
      return security['privileged'] === true || security['allow_privilege_escalation'] !== false;
    });
    return bad.length > 0 && `${bad.map((one) => String(one['name'])).join(', ')} may`;
  }),
  each('every container runs as another than root, without capabilities', podTypes, (body) => {
    const pods = podSpecs(body).filter((pod) => first(pod['security_context'])['run_as_non_root'] !== true);
    if (pods.length > 0) return 'runs as root';
    const bad = containers(body).filter(
      (one) =>
        !JSON.stringify(first(first(one['security_context'])['capabilities'])['drop'] ?? []).includes('ALL'),
    );
    return bad.length > 0 && `${bad.map((one) => String(one['name'])).join(', ')} keeps capabilities`;
  }),
  each('every container has limits', podTypes, (body) => {
    const bad = containers(body).filter((one) => {
      const limits = first(one['resources'])['limits'] as Body | undefined;
      return limits?.['memory'] === undefined;
    });
    return bad.length > 0 && `${bad.map((one) => String(one['name'])).join(', ')} has none`;
  }),
  each('images are pinned', podTypes, (body) => {
    const bad = containers(body).filter(
      (one) => !/(:(?!latest$)[\w.-]+|@sha256:[0-9a-f]{64})$/.test(String(one['image'])),
    );
    return bad.length > 0 && `${bad.map((one) => String(one['image'])).join(', ')}`;
  }),
  each('no pod gets a token of the cluster unasked', podTypes, (body) => {
    const bad = podSpecs(body).filter((pod) => pod['automount_service_account_token'] !== false);
    return bad.length > 0 && 'mounts a service account token';
  }),
  each('no service is open to the world by itself', /^kubernetes_service_v1$/, (body) => {
    const spec = first(body['spec']);
    const type = String(spec['type']);
    if (type === 'NodePort') return 'is of type NodePort';
    if (type !== 'LoadBalancer') return false;
    const ranges = listOf(spec['load_balancer_source_ranges']).map(String);
    if (ranges.length === 0) return 'is a load balancer that names nobody';
    // WireGuard alone answers only to keys that it knows, and to others not at all.
    const quiet = listOf(spec['port']).every(({ port, protocol }) => port === 51_820 && protocol === 'UDP');
    return ranges.some((range) => anywhere.includes(range)) && !quiet && 'is a load balancer for everyone';
  }),
  each('web addresses have TLS', /^kubernetes_ingress_v1$/, (body) => {
    return listOf(first(body['spec'])['tls']).length === 0 && 'is served in the clear';
  }),
  each('no egress to everywhere reaches the metadata address', /^kubernetes_network_policy_v1$/, (body) => {
    const open = having(body, 'cidr').filter(({ cidr, except }) => {
      return String(cidr) === '0.0.0.0/0' && !JSON.stringify(except ?? []).includes('169.254.169.254/32');
    });
    return open.length > 0 && 'reaches 169.254.169.254';
  }),
  each('releases are exact and all or nothing', /^helm_release$/, (body) => {
    if (!/^v?\d+\.\d+\.\d+/.test(String(body['version']))) return 'has no exact version';
    return (body['atomic'] !== true || body['wait'] !== true) && 'may end half done';
  }),
];
