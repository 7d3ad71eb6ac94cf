import { describe, expect, test } from '@jest/globals';
import { serversOf } from '../../src/terraform/stack-servers.js';
import { blueprint } from '../../stacks/app/blueprint.js';
import { appSpecV1 } from '../../stacks/app/spec.js';
import { synthesize } from '../../stacks/synth/synthesize.js';
import { dataShapes, none, sharedCache } from './data-shapes.js';
import { inputOf, vpc } from './inputs.js';
import { addressesOf, stackOf, textsOf, type StackJson } from './stack-json.js';

const bare = addressesOf(stackOf(inputOf(none)));

/** What a shape adds to an environment without data services. */
function addedBy(shape: string): string[] {
  return addressesOf(stackOf(inputOf(dataShapes[shape]))).filter((address) => !bare.includes(address));
}

const clusterDatabase = [
  'kubernetes_cron_job_v1.database_backup',
  'kubernetes_network_policy_v1.network_database',
  'kubernetes_network_policy_v1.network_database_backup',
  'kubernetes_network_policy_v1.network_database_server',
  'kubernetes_persistent_volume_claim_v1.database',
  'kubernetes_persistent_volume_claim_v1.database_backup',
  'kubernetes_secret_v1.database',
  'kubernetes_service_v1.database',
  'kubernetes_stateful_set_v1.database',
];
const rds = [
  'aws_db_instance.database',
  'aws_db_parameter_group.database',
  'aws_db_subnet_group.database',
  'aws_security_group.database',
  'aws_vpc_security_group_ingress_rule.database',
  'kubernetes_network_policy_v1.network_database',
];
const cacheNetwork = [
  'aws_security_group.cache',
  'aws_vpc_security_group_ingress_rule.cache',
  'kubernetes_network_policy_v1.network_cache',
];

/** Renaming one destroys what customers have there. */
const addresses: Readonly<Record<keyof typeof dataShapes, readonly string[]>> = {
  'postgres in the cluster': clusterDatabase,
  'mysql in the cluster': clusterDatabase,
  'without backups': clusterDatabase.filter((one) => !one.endsWith('_backup')),
  'postgres on rds': rds,
  'mysql on rds, its password kept by AWS': rds,
  'a schema on a shared server': [
    'kubernetes_network_policy_v1.network_database',
    'postgresql_grant.database_connect',
    'postgresql_grant.database_public_closed',
    'postgresql_role.database',
    'postgresql_schema.database',
  ],
  'valkey in the cluster': [
    'kubernetes_network_policy_v1.network_cache',
    'kubernetes_network_policy_v1.network_cache_server',
    'kubernetes_secret_v1.cache',
    'kubernetes_service_v1.cache',
    'kubernetes_stateful_set_v1.cache',
  ],
  'a group of nodes on elasticache': [
    'aws_elasticache_replication_group.cache',
    'aws_elasticache_subnet_group.cache',
    ...cacheNetwork,
  ],
  'serverless on elasticache': [
    'aws_elasticache_serverless_cache.cache',
    'aws_elasticache_user.cache',
    'aws_elasticache_user_group.cache',
    ...cacheNetwork,
  ],
  'a namespace on a shared server': [
    'kubernetes_job_v1.cache_user',
    'kubernetes_network_policy_v1.network_cache',
    'kubernetes_secret_v1.cache',
  ],
};

const config = (stack: StackJson) =>
  stack.resource.kubernetes_config_map_v1?.variables?.data as Record<string, string>;
const secret = (stack: StackJson) =>
  stack.resource.kubernetes_secret_v1?.variables?.data as Record<string, string>;

describe.each(Object.entries(dataShapes))('%s', (name, spec) => {
  const stack = stackOf(inputOf(spec));

  test('keeps its addresses', () => {
    expect(addedBy(name)).toEqual([...(addresses[name] ?? [])].sort());
  });

  test('is the same bytes twice', () => {
    expect(synthesize(inputOf(spec))).toEqual(synthesize(inputOf(spec)));
  });

  test('holds a password by reference alone, and a Secret or sensitive output around it', () => {
    const asked = blueprint.secrets(appSpecV1.parse(spec)).map((one) => one.name);
    expect(Object.keys(stack.variable ?? {}).sort()).toEqual([...asked].sort());
    const holders = textsOf(stack)
      .filter(({ text }) => text.includes('var.'))
      .map(({ path }) => path.replace(/\/\d+/g, ''));
    const allowed =
      /^\/(resource\/(kubernetes_secret_v1\/\w+\/data\/\w+|aws_db_instance\/database\/password|aws_elasticache_replication_group\/cache\/auth_token|aws_elasticache_user\/cache\/authentication_mode\/passwords|postgresql_role\/database\/password)|output\/(database|cache)_url\/value)$/;
    for (const path of holders) expect(path).toMatch(allowed);
    for (const name of ['database_url', 'cache_url'])
      if (stack.output[name]) expect(stack.output[name]).toMatchObject({ sensitive: true });
  });

  test('tells its outputs and the fields its resources stem from', () => {
    const declared = new Map(blueprint.outputs.map((one) => [one.name, one.secret]));
    for (const [output, { sensitive = false }] of Object.entries(stack.output))
      expect([output, declared.get(output)]).toEqual([output, sensitive]);
    const kind =
      name.includes('cache') || name.includes('valkey') || name.includes('namespace') ? 'cache' : 'database';
    for (const address of addresses[name] ?? [])
      expect(
        blueprint.sources.some((one) => one.fields[0] === kind && matches(one.address, address)) ||
          address.includes('.network_'),
      ).toBe(true);
  });

  test('opens data ports to named ranges alone', () => {
    const ranges = textsOf(stack.resource).filter(({ path }) => /cidr/.test(path));
    for (const { text } of ranges) expect(['10.0.0.0/16', '10.1.0.0/24']).toContain(text);
  });

  test('runs its pods without root, rights, token or a writable image, within limits', () => {
    for (const pod of podsOf(stack))
      expect(pod).toMatchObject({
        automount_service_account_token: false,
        security_context: { run_as_non_root: true, seccomp_profile: { type: 'RuntimeDefault' } },
        container: [
          {
            resources: { limits: { cpu: expect.any(String), memory: expect.any(String) } },
            security_context: {
              allow_privilege_escalation: false,
              read_only_root_filesystem: true,
              capabilities: { drop: ['ALL'] },
            },
          },
        ],
      });
  });
});

describe('what the application is told', () => {
  test('of mysql: its port, engine and form of address', () => {
    const stack = stackOf(inputOf(dataShapes['mysql in the cluster']));
    expect(config(stack)).toMatchObject({ DATABASE_ENGINE: 'mysql', DATABASE_PORT: '3306' });
    expect(secret(stack)['DATABASE_URL']).toBe(
      'mysql://app:${urlencode(var.database_password)}@database.acme-prod-b6f6b232.svc:3306/app?ssl-mode=PREFERRED',
    );
  });

  test('of a password that AWS keeps: where it is, not what it is', () => {
    const stack = stackOf(inputOf(dataShapes['mysql on rds, its password kept by AWS']));
    expect(config(stack)['DATABASE_SECRET_ARN']).toBe(
      '${aws_db_instance.database.master_user_secret[0].secret_arn}',
    );
    expect(secret(stack)).toEqual({});
    expect(stack.output['database_secret_arn']).toBeDefined();
    expect(stack.output['database_url']).toBeUndefined();
    expect(stack.resource.aws_db_instance?.database).toMatchObject({ manage_master_user_password: true });
    expect(stack.resource.aws_db_instance?.database).not.toHaveProperty('password');
  });

  test('of a shared server: its schema, its namespace, its own user', () => {
    const database = stackOf(inputOf(dataShapes['a schema on a shared server']));
    expect(config(database)['DATABASE_SCHEMA']).toBe('${postgresql_schema.database.name}');
    expect(serversOf(JSON.stringify(database)).databases).toEqual([
      { host: 'postgres.shared.example.com', port: 5432, database: 'tenants', sslmode: 'require' },
    ]);
    expect(database.resource.postgresql_role?.database).toMatchObject({
      name: 'acme_prod_b6f6b232',
      search_path: ['acme_prod_b6f6b232'],
      connection_limit: 20,
      superuser: false,
      create_database: false,
      create_role: false,
    });
    const cache = stackOf(inputOf(dataShapes['a namespace on a shared server']));
    expect(config(cache)).toMatchObject({
      REDIS_NAMESPACE: 'tenant:ten_1:env_1:',
      REDIS_USER: 'acme-prod-b6f6b232',
      REDIS_DATABASE: '0',
    });
    expect(secret(cache)['REDIS_URL']).toBe(
      'rediss://acme-prod-b6f6b232:${urlencode(var.cache_password)}@valkey.shared-data.svc:6379/0',
    );
  });
});

test('TLS is forced on every managed engine', () => {
  const forced = (engine: string) =>
    stackOf(inputOf({ ...none, network: vpc, database: { mode: 'rds', engine } })).resource
      .aws_db_parameter_group?.database?.parameter;
  expect(forced('postgres')).toEqual([{ name: 'rds.force_ssl', value: '1' }]);
  expect(forced('mysql')).toEqual([{ name: 'require_secure_transport', value: 'ON' }]);
});

test("an administrator's password stays out of the namespace of the tenant", () => {
  const stack = stackOf(inputOf({ ...none, cache: sharedCache }));
  const holders = textsOf(stack.resource).filter(({ text }) => text === 'valkey-administrator');
  expect(holders.map(({ path }) => path.split('/').slice(1, 3).join('.'))).toEqual([
    'kubernetes_job_v1.cache_user',
  ]);
  expect(stack.resource.kubernetes_job_v1?.cache_user).toMatchObject({
    metadata: { namespace: 'shared-data' },
    wait_for_completion: true,
  });
});

function matches(pattern: string, address: string): boolean {
  return new RegExp(`^${pattern.replace(/[.[\]]/g, '\\$&').replaceAll('*', '.*')}$`).test(address);
}

/** The pod templates of a stack, wherever they are. */
function podsOf(value: unknown): unknown[] {
  if (value === null || typeof value !== 'object') return [];
  const own = 'container' in value ? [value] : [];
  return [...own, ...Object.values(value).flatMap(podsOf)];
}
