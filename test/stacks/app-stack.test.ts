import { describe, expect, test } from '@jest/globals';
import { blueprint } from '../../stacks/app/blueprint.js';
import { appSpecV1 } from '../../stacks/app/spec.js';
import { builtIn } from '../../stacks/catalog.js';
import { builtInWorkshop } from '../../stacks/synth/builders.js';
import { synthesize } from '../../stacks/synth/synthesize.js';
import { inputOf, release, shapes, vpc } from './inputs.js';
import { addressesOf, stackOf, textsOf } from './stack-json.js';

const everything = {
  network: { ...vpc, egress: [{ name: 'pay-ments', cidr: '203.0.113.0/24', ports: [443, 8443] }] },
  releases: [release],
  ingress: { host: 'shop.example.com' },
};
const managed = { ...everything, database: { mode: 'rds' }, cache: { mode: 'elasticache', replicas: 1 } };

const always = [
  'kubernetes_config_map_v1.variables',
  'kubernetes_limit_range_v1.quota',
  'kubernetes_namespace_v1.namespace',
  'kubernetes_network_policy_v1.network_app',
  'kubernetes_network_policy_v1.network_default_deny',
  'kubernetes_network_policy_v1.network_dns',
  'kubernetes_resource_quota_v1.quota',
  'kubernetes_secret_v1.variables',
  'kubernetes_service_account_v1.namespace',
];
const public_ = [
  'helm_release.app',
  'kubernetes_ingress_v1.ingress',
  'kubernetes_network_policy_v1.network_egress_pay_ments',
  'kubernetes_network_policy_v1.network_ingress_controller',
];

describe('addresses: renaming one destroys what customers have there', () => {
  test('of an environment without data services', () => {
    expect(addressesOf(stackOf(inputOf({ database: { mode: 'none' }, cache: { mode: 'none' } })))).toEqual(
      always,
    );
  });

  test('of an environment with data services in the cluster', () => {
    const data = ['database', 'cache'].flatMap((name) => [
      `kubernetes_network_policy_v1.network_${name}`,
      `kubernetes_network_policy_v1.network_${name}_server`,
      `kubernetes_secret_v1.${name}`,
      `kubernetes_service_v1.${name}`,
      `kubernetes_stateful_set_v1.${name}`,
    ]);
    const database = [
      'kubernetes_cron_job_v1.database_backup',
      'kubernetes_network_policy_v1.network_database_backup',
      'kubernetes_persistent_volume_claim_v1.database',
      'kubernetes_persistent_volume_claim_v1.database_backup',
    ];
    expect(addressesOf(stackOf(inputOf(everything)))).toEqual(
      [...always, ...public_, ...data, ...database].sort(),
    );
  });

  test('of an environment with managed data services', () => {
    const data = [
      'aws_db_instance.database',
      'aws_db_parameter_group.database',
      'aws_db_subnet_group.database',
      'aws_elasticache_replication_group.cache',
      'aws_elasticache_subnet_group.cache',
      'aws_security_group.cache',
      'aws_security_group.database',
      'aws_vpc_security_group_ingress_rule.cache',
      'aws_vpc_security_group_ingress_rule.database',
      'kubernetes_network_policy_v1.network_cache',
      'kubernetes_network_policy_v1.network_database',
    ];
    expect(addressesOf(stackOf(inputOf(managed)))).toEqual([...always, ...public_, ...data].sort());
  });
});

describe('every shape', () => {
  test.each(
    shapes.map(
      (spec) =>
        [
          `${JSON.stringify(spec.database)} ${JSON.stringify(spec.cache)} release ${!!spec.releases} ingress ${!!spec.ingress}`,
          spec,
        ] as const,
    ),
  )('%s synthesizes to the same bytes twice, with no secret and no generator noise', (_name, spec) => {
    const first = synthesize(inputOf(spec));
    expect(synthesize(inputOf(spec))).toEqual(first);
    const stack = stackOf(inputOf(spec));
    expect(first.json).not.toMatch(/"\/\/"|TfToken|cdktf/);
    expect(stack.terraform.backend).toEqual({ http: {} });
    for (const { path, text } of textsOf(stack))
      if (/password|auth_token|requirepass|(database|redis)_url/i.test(path) && path.startsWith('/resource'))
        expect(text).toMatch(/\$\{(urlencode\()?var\.(database|cache)_password\)?\}/);
    const asked = blueprint.secrets(appSpecV1.parse(spec)).map((one) => one.name);
    expect(Object.keys(stack.variable ?? {}).sort()).toEqual([...asked].sort());
    for (const variable of Object.values(stack.variable ?? {})) expect(variable.sensitive).toBe(true);
    for (const [name, output] of Object.entries(stack.output))
      expect([name, output.sensitive ?? false]).toEqual([
        name,
        name.endsWith('_url') && name !== 'endpoint_url',
      ]);
    const used = new Set(Object.keys(stack.resource).map((type) => type.split('_')[0]));
    expect(Object.keys(stack.provider).sort()).toEqual([...used].sort());
  });

  test('the order of fields in the request does not change the bytes', () => {
    const flipped = (value: unknown): unknown =>
      value !== null && typeof value === 'object' && !Array.isArray(value)
        ? Object.fromEntries(
            Object.entries(value)
              .reverse()
              .map(([key, member]) => [key, flipped(member)]),
          )
        : value;
    const spec = { ...managed, variables: { A: '1', B: '2' } };
    const input = inputOf(spec, { labels: { a: '1', b: '2' } });
    expect(synthesize(flipped(input)).sha256).toBe(synthesize(input).sha256);
  });
});

describe('secure by default', () => {
  const cluster = stackOf(inputOf(everything));
  const aws = stackOf(inputOf(managed));

  test('the namespace enforces the Pod Security level restricted', () => {
    expect(cluster.resource.kubernetes_namespace_v1?.namespace).toMatchObject({
      metadata: {
        labels: { 'pod-security.kubernetes.io/enforce': 'restricted', 'terrace.dev/environment-id': 'env_1' },
      },
    });
  });

  test('nothing goes in or out unless named', () => {
    expect(cluster.resource.kubernetes_network_policy_v1?.network_default_deny?.spec).toEqual({
      pod_selector: {},
      policy_types: ['Ingress', 'Egress'],
    });
    const opened = textsOf(cluster.resource.kubernetes_network_policy_v1).filter(({ path }) =>
      path.endsWith('/cidr'),
    );
    expect(opened.map(({ text }) => text)).toEqual(['203.0.113.0/24']);
  });

  test.each(['database', 'cache'])('the pod of the %s runs without rights', (name) => {
    expect(cluster.resource.kubernetes_stateful_set_v1?.[name]).toMatchObject({
      spec: {
        template: {
          spec: {
            automount_service_account_token: false,
            security_context: { run_as_non_root: true, seccomp_profile: { type: 'RuntimeDefault' } },
            container: [
              {
                security_context: {
                  allow_privilege_escalation: false,
                  read_only_root_filesystem: true,
                  capabilities: { drop: ['ALL'] },
                },
              },
            ],
          },
        },
      },
    });
  });

  test('the managed database is private, encrypted, backed up and speaks TLS only', () => {
    expect(aws.resource.aws_db_instance?.database).toMatchObject({
      publicly_accessible: false,
      storage_encrypted: true,
      backup_retention_period: 7,
      skip_final_snapshot: false,
      password: '${var.database_password}',
    });
    expect(aws.resource.aws_db_parameter_group?.database).toMatchObject({
      parameter: [{ name: 'rds.force_ssl', value: '1' }],
    });
    expect(aws.output.database_url?.value).toMatch(/sslmode=require$/);
  });

  test('the managed cache is encrypted at rest and on the way, with a token', () => {
    expect(aws.resource.aws_elasticache_replication_group?.cache).toMatchObject({
      at_rest_encryption_enabled: 'true',
      transit_encryption_enabled: true,
      auth_token: '${var.cache_password}',
      automatic_failover_enabled: true,
    });
  });

  test('data ports are open to the VPC alone', () => {
    const rules = Object.values(aws.resource.aws_vpc_security_group_ingress_rule ?? {});
    expect(rules.map((rule) => [rule.cidr_ipv4, rule.from_port, rule.to_port])).toEqual([
      ['10.0.0.0/16', 6379, 6379],
      ['10.0.0.0/16', 5432, 5432],
    ]);
    expect(JSON.stringify(aws)).not.toContain('0.0.0.0/0');
  });

  test('the provider refuses another account and tags all it makes', () => {
    expect(aws.provider.aws?.[0]).toEqual({
      region: 'eu-central-1',
      allowed_account_ids: ['123456789012'],
      default_tags: [
        {
          tags: {
            team: 'shop',
            'terrace.dev/tenant': 'acme',
            'terrace.dev/tenant-id': 'ten_1',
            'terrace.dev/environment': 'prod',
            'terrace.dev/environment-id': 'env_1',
            'terrace.dev/blueprint': 'app@1',
          },
        },
      ],
    });
  });
});

test('every blueprint of the list has a stack, and every stack is in the list', () => {
  expect(Object.keys(builtInWorkshop.builders).sort()).toEqual(builtIn.map((one) => one.ref).sort());
});

test('an unknown blueprint and a wrong spec are refused', () => {
  expect(() => synthesize(inputOf({}, { blueprint: 'app@9' }))).toThrow('unknown blueprint app@9');
  expect(() => synthesize(inputOf({ colour: 'red' }))).toThrow(/colour/);
});
