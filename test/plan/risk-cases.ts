/** One case a rule of the red list, and cases that look alike and are none. All of them stand in one plan. */

export interface RiskCase {
  readonly type: string;
  readonly name: string;
  /** The resource before and after; null = it is not there. */
  readonly before: object | null;
  readonly after: object | null;
  /** Codes of the reasons, the worst first. */
  readonly codes: readonly string[];
  readonly risk: 'none' | 'low' | 'high' | 'critical';
  /** Of the first reason, without its address. */
  readonly text?: string;
}

type Change = Pick<RiskCase, 'before' | 'after' | 'codes' | 'text'>;

const of = (type: string, name: string, change: Change, risk: RiskCase['risk']): RiskCase => ({
  type,
  name,
  risk,
  ...change,
});
const gone = (
  type: string,
  name: string,
  before: object,
  told: { codes: string[]; text?: string; risk: RiskCase['risk'] },
) =>
  of(
    type,
    name,
    { before, after: null, codes: told.codes, ...(told.text === undefined ? {} : { text: told.text }) },
    told.risk,
  );
/** A change of some arguments. */
const change = (
  type: string,
  name: string,
  { base, from, to }: { base: object; from: object; to: object },
  told: { codes: string[]; text?: string; risk: RiskCase['risk'] },
) =>
  of(
    type,
    name,
    {
      before: { ...base, ...from },
      after: { ...base, ...to },
      codes: told.codes,
      ...(told.text === undefined ? {} : { text: told.text }),
    },
    told.risk,
  );

const database = (identifier: string) => ({
  identifier,
  engine: 'postgres',
  instance_class: 'db.t4g.micro',
  allocated_storage: 40,
  username: 'app',
  password: 'correct-horse',
  storage_encrypted: true,
  skip_final_snapshot: false,
  final_snapshot_identifier: `${identifier}-last`,
  backup_retention_period: 7,
});
const cache = (replication_group_id: string) => ({
  replication_group_id,
  description: 'cache',
  node_type: 'cache.t4g.micro',
  transit_encryption_enabled: true,
});
const meta = (name: string) => ({ metadata: [{ name, namespace: 'default' }] });
const claim = (name: string, storage: string) => ({
  ...meta(name),
  wait_until_bound: false,
  spec: [{ access_modes: ['ReadWriteOnce'], resources: [{ requests: { storage } }] }],
});
const container = { name: 'c', image: 'postgres:17' };
const template = [{ metadata: [{ labels: { app: 'a' } }], spec: [{ container: [container] }] }];
const cron = (name: string, suspend: boolean) => ({
  ...meta(name),
  spec: [
    {
      schedule: '0 3 * * *',
      suspend,
      job_template: [
        { metadata: [{}], spec: [{ template: [{ metadata: [{}], spec: [{ container: [container] }] }] }] },
      ],
    },
  ],
});
const policy = (...statements: object[]) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: statements.map((one) => ({ Effect: 'Allow', ...one })),
  });
const trust = (more: object) => policy({ Action: 'sts:AssumeRole', ...more });
const byEks = trust({ Principal: { Service: 'eks.amazonaws.com' } });
const netPolicy = (name: string, from: object[]) => ({
  ...meta(name),
  spec: [{ pod_selector: [{}], policy_types: ['Ingress'], ingress: [{ from }] }],
});
const service = (name: string, type: string) => ({ ...meta(name), spec: [{ type, port: [{ port: 80 }] }] });
const ingress = (name: string, more: object) => ({
  ...meta(name),
  spec: [{ default_backend: [{ service: [{ name: 'web', port: [{ number: 80 }] }] }], ...more }],
});
const role = (name: string, verbs: string[], resources = ['pods'], api_groups = ['']) => ({
  ...meta(name),
  rule: [{ api_groups, resources, verbs }],
});
const block = (bucket: string, flag: boolean) => ({
  bucket,
  block_public_acls: flag,
  block_public_policy: true,
  ignore_public_acls: true,
  restrict_public_buckets: true,
});
const low = (codes: string[] = []) => ({ codes, risk: 'low' as const });
const high = (code: string, text?: string) => ({
  codes: [code],
  risk: 'high' as const,
  ...(text === undefined ? {} : { text }),
});
const critical = (code: string, text?: string) => ({
  codes: [code],
  risk: 'critical' as const,
  ...(text === undefined ? {} : { text }),
});

const dataCases: readonly RiskCase[] = [
  gone(
    'aws_db_instance',
    'deleted',
    database('deleted'),
    critical('database_lost', 'is deleted; the data in it is lost'),
  ),
  change(
    'aws_db_instance',
    'replaced',
    {
      base: database('replaced'),
      from: { db_name: 'a', skip_final_snapshot: true },
      to: { db_name: 'b', skip_final_snapshot: true },
    },
    critical(
      'database_lost',
      'is deleted and made anew because of db_name; the data in it is lost, and no final snapshot is taken',
    ),
  ),
  gone('kubernetes_persistent_volume_claim_v1', 'deleted', claim('deleted', '10Gi'), critical('volume_lost')),
  gone('aws_s3_bucket', 'deleted', { bucket: 'deleted-files' }, critical('bucket_lost')),
  gone('kubernetes_namespace_v1', 'deleted', { metadata: [{ name: 'deleted' }] }, critical('namespace_lost')),
  gone('aws_kms_key', 'deleted', { description: 'd' }, critical('key_lost')),
  gone(
    'aws_elasticache_replication_group',
    'kept',
    { ...cache('kept'), snapshot_retention_limit: 3 },
    critical('persistent_cache_lost'),
  ),
  gone('aws_elasticache_replication_group', 'deleted', cache('deleted'), high('cache_lost')),
  gone('aws_secretsmanager_secret', 'deleted', { name: 'deleted' }, high('secret_lost')),
  gone(
    'kubernetes_stateful_set_v1',
    'deleted',
    {
      ...meta('deleted'),
      spec: [{ service_name: 'd', selector: [{ match_labels: { app: 'a' } }], template }],
    },
    high('release_lost'),
  ),
  gone(
    'kubernetes_config_map_v1',
    'deleted',
    { ...meta('deleted'), data: { a: 'b' } },
    { ...low(['deleted']), text: 'is deleted' },
  ),
];

const exposureCases: readonly RiskCase[] = [
  change(
    'aws_vpc_security_group_ingress_rule',
    'opened',
    {
      base: { security_group_id: '${aws_security_group.standing.id}', ip_protocol: '-1' },
      from: { cidr_ipv4: '10.0.0.0/8' },
      to: { cidr_ipv4: '0.0.0.0/0' },
    },
    high('opened_to_everybody', 'lets in everybody from 0.0.0.0/0'),
  ),
  change(
    'aws_vpc_security_group_ingress_rule',
    'opened_ipv6',
    {
      base: { security_group_id: '${aws_security_group.standing.id}', ip_protocol: '-1' },
      from: { cidr_ipv6: 'fd00::/8' },
      to: { cidr_ipv6: '::/0' },
    },
    high('opened_to_everybody', 'lets in everybody from ::/0'),
  ),
  change(
    'aws_vpc_security_group_ingress_rule',
    'other_range',
    {
      base: { security_group_id: '${aws_security_group.standing.id}', ip_protocol: '-1' },
      from: { cidr_ipv4: '10.2.0.0/16' },
      to: { cidr_ipv4: '10.1.0.0/16' },
    },
    low(),
  ),
  change(
    'aws_vpc_security_group_egress_rule',
    'outwards',
    {
      base: { security_group_id: '${aws_security_group.standing.id}', ip_protocol: '-1' },
      from: { cidr_ipv4: '10.0.0.0/8' },
      to: { cidr_ipv4: '0.0.0.0/0' },
    },
    low(),
  ),
  change(
    'kubernetes_network_policy_v1',
    'opened',
    {
      base: {},
      from: netPolicy('opened', [{ ip_block: [{ cidr: '10.0.0.0/8' }] }]),
      to: netPolicy('opened', [{ ip_block: [{ cidr: '0.0.0.0/0' }] }]),
    },
    high('policy_opened', 'lets in everybody'),
  ),
  change(
    'kubernetes_network_policy_v1',
    'other_namespace',
    {
      base: {},
      from: netPolicy('other-namespace', [{ namespace_selector: [{ match_labels: { a: 'b' } }] }]),
      to: netPolicy('other-namespace', [{ namespace_selector: [{ match_labels: { a: 'c' } }] }]),
    },
    low(),
  ),
  of(
    'kubernetes_network_policy_v1',
    'deleted',
    {
      before: netPolicy('deleted', [{ namespace_selector: [{ match_labels: { a: 'b' } }] }]),
      after: null,
      codes: ['policy_opened', 'deleted'],
      text: 'is deleted; what it kept out is let in',
    },
    'high',
  ),
  change(
    'aws_db_instance',
    'made_public',
    { base: database('made-public'), from: {}, to: { publicly_accessible: true } },
    critical('database_public', 'gets a public address'),
  ),
  change(
    'aws_s3_bucket_public_access_block',
    'lifted',
    { base: {}, from: block('${aws_s3_bucket.a.id}', true), to: block('${aws_s3_bucket.a.id}', false) },
    critical('bucket_public', 'does without block_public_acls; the bucket can be made public'),
  ),
  of(
    'aws_s3_bucket_public_access_block',
    'deleted',
    { before: block('${aws_s3_bucket.b.id}', true), after: null, codes: ['bucket_public', 'deleted'] },
    'critical',
  ),
  of(
    'aws_s3_bucket_policy',
    'public',
    {
      before: {
        bucket: '${aws_s3_bucket.a.id}',
        policy: policy({ Action: 's3:GetObject', Resource: '*', Principal: { AWS: '1' } }),
      },
      after: {
        bucket: '${aws_s3_bucket.a.id}',
        policy: policy({ Action: 's3:GetObject', Resource: '*', Principal: '*' }),
      },
      codes: ['policy_public', 'rights_widened'],
    },
    'critical',
  ),
  change(
    'kubernetes_service_v1',
    'balanced',
    { base: {}, from: service('balanced', 'ClusterIP'), to: service('balanced', 'LoadBalancer') },
    high('load_balancer_public', 'becomes a load balancer'),
  ),
  of(
    'kubernetes_ingress_v1',
    'made',
    {
      before: null,
      after: ingress('made', { ingress_class_name: 'nginx' }),
      codes: ['load_balancer_public'],
    },
    'high',
  ),
  change(
    'aws_eks_cluster',
    'opened',
    {
      base: { name: 'c', role_arn: 'arn:aws:iam::100000000001:role/r' },
      from: {
        vpc_config: [
          { subnet_ids: ['subnet-1'], endpoint_public_access: false, endpoint_private_access: true },
        ],
      },
      to: {
        vpc_config: [
          { subnet_ids: ['subnet-1'], endpoint_public_access: true, endpoint_private_access: true },
        ],
      },
    },
    high('cluster_public'),
  ),
];

const protectionCases: readonly RiskCase[] = [
  change(
    'aws_elasticache_replication_group',
    'in_clear',
    {
      base: cache('in-clear'),
      from: {},
      to: { transit_encryption_enabled: false },
    },
    critical('encryption_lost', 'is not encrypted any more (transit_encryption_enabled)'),
  ),
  change(
    'aws_kms_key',
    'not_rotated',
    { base: { description: 'k' }, from: { enable_key_rotation: true }, to: { enable_key_rotation: false } },
    high('encryption_weakened', 'rotates its key no more'),
  ),
  change(
    'kubernetes_ingress_v1',
    'without_tls',
    {
      base: {},
      from: ingress('without-tls', { tls: [{ hosts: ['a.example.com'], secret_name: 't' }] }),
      to: ingress('without-tls', {}),
    },
    high('encryption_weakened', 'goes without TLS'),
  ),
  change(
    'aws_db_instance',
    'smaller',
    { base: database('smaller'), from: {}, to: { allocated_storage: 20 } },
    high('storage_shrunk', 'gets less storage: allocated_storage from 40 to 20'),
  ),
  change(
    'aws_db_instance',
    'larger',
    { base: database('larger'), from: {}, to: { allocated_storage: 80, backup_retention_period: 14 } },
    low(),
  ),
  change(
    'aws_db_instance',
    'short_backups',
    { base: database('short-backups'), from: {}, to: { backup_retention_period: 1 } },
    high('backups_shrunk', 'keeps less to go back to: backup_retention_period from 7 to 1'),
  ),
  change(
    'kubernetes_cron_job_v1',
    'backup',
    { base: {}, from: cron('backup', false), to: cron('backup', true) },
    high('backups_shrunk', 'is suspended; no more backups are taken'),
  ),
  change(
    'aws_s3_bucket_versioning',
    'stopped',
    {
      base: { bucket: '${aws_s3_bucket.a.id}' },
      from: { versioning_configuration: [{ status: 'Enabled' }] },
      to: { versioning_configuration: [{ status: 'Suspended' }] },
    },
    high('backups_shrunk', 'keeps no versions any more'),
  ),
  change(
    'aws_db_instance',
    'unguarded',
    { base: database('unguarded'), from: { deletion_protection: true }, to: { deletion_protection: false } },
    high('protection_removed', 'can be deleted from now on (deletion_protection)'),
  ),
  change(
    'aws_s3_bucket',
    'unguarded',
    { base: { bucket: 'unguarded-files' }, from: { force_destroy: false }, to: { force_destroy: true } },
    high('protection_removed', 'can be deleted with all that is in it (force_destroy)'),
  ),
  change(
    'aws_db_instance',
    'no_snapshot',
    { base: database('no-snapshot'), from: {}, to: { skip_final_snapshot: true } },
    high('final_snapshot_skipped', 'leaves no snapshot when it is deleted'),
  ),
];

const rightsCases: readonly RiskCase[] = [
  of(
    'aws_iam_policy',
    'administrator',
    {
      before: { name: 'administrator', policy: policy({ Action: 's3:*', Resource: '*' }) },
      after: { name: 'administrator', policy: policy({ Action: '*', Resource: '*' }) },
      codes: ['administrator_granted', 'rights_widened'],
      text: 'allows every action on everything',
    },
    'critical',
  ),
  change(
    'aws_iam_policy',
    'wider',
    {
      base: { name: 'wider' },
      from: { policy: policy({ Action: ['s3:GetObject'], Resource: 'arn:aws:s3:::a/*' }) },
      to: { policy: policy({ Action: ['s3:GetObject', 's3:PutObject'], Resource: 'arn:aws:s3:::a/*' }) },
    },
    high('rights_widened', 'allows more than before: s3:PutObject'),
  ),
  change(
    'aws_iam_policy',
    'narrower',
    {
      base: { name: 'narrower' },
      from: { policy: policy({ Action: 's3:*', Resource: '*' }) },
      to: {
        policy: policy({
          Action: 's3:GetObject',
          Resource: 'arn:aws:s3:::a/*',
          Condition: { Bool: { 'aws:SecureTransport': 'true' } },
        }),
      },
    },
    low(),
  ),
  change(
    'aws_iam_policy',
    'unconditional',
    {
      base: { name: 'unconditional' },
      from: {
        policy: policy({
          Action: 's3:*',
          Resource: '*',
          Condition: { Bool: { 'aws:SecureTransport': 'true' } },
        }),
      },
      to: { policy: policy({ Action: 's3:*', Resource: '*' }) },
    },
    high('rights_widened', 'allows more than before: s3:*'),
  ),
  change(
    'aws_iam_policy',
    'denies_less',
    {
      base: { name: 'denies-less' },
      from: {
        policy: policy(
          { Action: 's3:Get*', Resource: '*' },
          { Effect: 'Deny', Action: 's3:GetObject', Resource: '*' },
        ),
      },
      to: { policy: policy({ Action: 's3:Get*', Resource: '*' }) },
    },
    high('rights_widened', 'denies less than before'),
  ),
  change(
    'aws_iam_role',
    'other_principal',
    {
      base: { name: 'other-principal' },
      from: { assume_role_policy: byEks },
      to: { assume_role_policy: trust({ Principal: { AWS: 'arn:aws:iam::999999999999:root' } }) },
    },
    high('rights_widened', 'allows more than before: sts:AssumeRole'),
  ),
  of(
    'aws_iam_role_policy',
    'unknown',
    {
      before: {
        name: 'unknown',
        role: '${aws_iam_role.standing.name}',
        policy: policy({ Action: 's3:GetObject', Resource: 'a' }),
      },
      after: {
        name: 'unknown',
        role: '${aws_iam_role.standing.name}',
        policy: policy({ Action: 's3:GetObject', Resource: '${kubernetes_config_map_v1.made.id}' }),
      },
      codes: ['rights_unknown'],
      text: 'has a policy that is known only after the apply',
    },
    'high',
  ),
  of(
    'kubernetes_config_map_v1',
    'made',
    { before: null, after: { ...meta('made'), data: { a: 'b' } }, codes: [] },
    'low',
  ),
  of(
    'aws_iam_role_policy_attachment',
    'made',
    {
      before: null,
      after: { role: '${aws_iam_role.standing.name}', policy_arn: 'arn:aws:iam::aws:policy/ReadOnlyAccess' },
      codes: ['right_granted'],
      text: 'gives a right to somebody',
    },
    'high',
  ),
  change(
    'kubernetes_role_v1',
    'wider',
    { base: {}, from: role('wider', ['get']), to: role('wider', ['get', 'delete']) },
    high('role_widened', 'allows more than before: /pods:delete'),
  ),
  of(
    'kubernetes_role_v1',
    'everything',
    {
      before: role('everything', ['get']),
      after: role('everything', ['*'], ['*'], ['*']),
      codes: ['administrator_granted', 'role_widened'],
    },
    'critical',
  ),
];

export const cases: readonly RiskCase[] = [
  ...dataCases,
  ...exposureCases,
  ...protectionCases,
  ...rightsCases,
];

/** What the cases lean on; it stays as it is. */
export const standing = {
  aws_security_group: { standing: { name: 'standing', description: 'standing', vpc_id: 'vpc-12345678' } },
  aws_s3_bucket: { a: { bucket: 'standing-a' }, b: { bucket: 'standing-b' } },
  aws_iam_role: { standing: { name: 'standing', assume_role_policy: byEks } },
} as const;

export const shownByCases: ReadonlySet<string> = new Set(cases.flatMap(({ codes }) => codes));

/** Rules about types that the sandbox does not serve, with some of those types. */
export const unserved: ReadonlyMap<string, readonly string[]> = new Map([
  ['dns_zone_lost', ['aws_route53_zone']],
  ['cluster_lost', ['aws_eks_cluster']],
]);
