import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { dataSources } from '../../src/sandbox/data-sources.js';
import { listSandboxObjects } from '../../src/sandbox/sandbox-store.js';
import { providerNames, typesInUse } from '../../src/sandbox/schema/types-in-use.js';
import { allTypes, providers } from './all-types.js';
import { openBench, type Bench, type Workspace } from './bench.js';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

type Resources = Readonly<Record<string, { readonly main: object }>>;
const every: Resources = allTypes('1').resource;

/** The named types of the stack of every type, some members of some given otherwise; a member set to undefined is left out. */
function aws(types: readonly string[], changes: Readonly<Record<string, object>> = {}, more: object = {}) {
  const resource = types.map((type) => [type, { main: { ...every[type]?.main, ...changes[type] } }]);
  return {
    ...providers,
    provider: { aws: [{ region: 'eu-central-1' }] },
    resource: Object.fromEntries(resource) as object,
    ...more,
  };
}

const wordsOf = async (workspace: Workspace, ...args: string[]) => {
  const { code, stderr } = await workspace.terraform(...args);
  expect(code).toBe(1);
  return stderr.replace(/\s+/g, ' ');
};

const network = ['aws_vpc', 'aws_subnet', 'aws_internet_gateway', 'aws_eip', 'aws_nat_gateway'];
const routes = ['aws_route_table', 'aws_route', 'aws_route_table_association'];
const roles = ['aws_iam_role', 'aws_iam_policy', 'aws_iam_role_policy_attachment', 'aws_kms_key'];
const cluster = ['aws_vpc', 'aws_subnet', ...roles, 'aws_eks_cluster', 'aws_eks_node_group'];

describe('a network', () => {
  test('keeps its addresses, is tagged and routed in place, and replaced when its range changes', async () => {
    const workspace = await bench.workspace({}, aws([...network, ...routes]));
    await workspace.must('apply', '-auto-approve');
    expect(await workspace.plan()).toEqual({});
    const objects = await listSandboxObjects(bench.database.db, workspace.run.environmentId);
    const valueOf = (type: string) => objects.find((object) => object.type === type)?.value;
    expect(valueOf('aws_nat_gateway')?.['public_ip']).toBe(valueOf('aws_eip')?.['public_ip']);

    await workspace.write(
      aws([...network, ...routes], {
        aws_vpc: { tags: { Name: 'other' } },
        aws_route: { gateway_id: undefined, nat_gateway_id: '${aws_nat_gateway.main.id}' },
      }),
    );
    expect(await workspace.plan()).toEqual({ 'aws_vpc.main': 'update', 'aws_route.main': 'update' });
    await workspace.must('apply', '-input=false', 'plan.bin');
    expect(await workspace.plan()).toEqual({});

    await workspace.write(
      aws([...network, ...routes], {
        aws_vpc: { cidr_block: '10.30.0.0/16' },
        aws_subnet: { cidr_block: '10.30.0.0/20' },
      }),
    );
    expect(await workspace.plan()).toMatchObject({
      'aws_vpc.main': 'delete+create',
      'aws_subnet.main': 'delete+create',
      'aws_nat_gateway.main': 'delete+create',
      'aws_internet_gateway.main': 'update',
    });
  });

  test('is not deleted while something lies in it', async () => {
    const accountId = '510000000001';
    const owner = await bench.workspace({ accountId }, aws(['aws_vpc']));
    await owner.must('apply', '-auto-approve');
    const [vpc] = await listSandboxObjects(bench.database.db, owner.run.environmentId);
    const guest = await bench.workspace(
      { accountId },
      aws(['aws_subnet'], { aws_subnet: { vpc_id: vpc?.objectId } }),
    );
    await guest.must('apply', '-auto-approve');
    expect(await wordsOf(owner, 'destroy', '-auto-approve')).toContain('DependencyViolation');
    await guest.must('destroy', '-auto-approve');
    await owner.must('destroy', '-auto-approve');
  });

  test('is asked for where a subnet is to lie', async () => {
    const workspace = await bench.workspace(
      {},
      aws(['aws_subnet'], { aws_subnet: { vpc_id: 'vpc-0nowhere' } }),
    );
    expect(await wordsOf(workspace, 'apply', '-auto-approve')).toContain(
      "The vpc ID 'vpc-0nowhere' does not exist",
    );
  });

  test('holds a range of addresses once', async () => {
    const twice = aws(['aws_vpc', 'aws_subnet']);
    const subnet = every['aws_subnet']?.main;
    const workspace = await bench.workspace(
      {},
      { ...twice, resource: { ...twice.resource, aws_subnet: { main: subnet, again: subnet } } },
    );
    expect(await wordsOf(workspace, 'apply', '-auto-approve')).toContain('InvalidSubnet.Conflict');
  });
});

describe('a cluster', () => {
  test('is upgraded and scaled in place; its nodes are replaced when their machines change', async () => {
    const workspace = await bench.workspace({}, aws(cluster));
    await workspace.must('apply', '-auto-approve');
    const scaling = { scaling_config: [{ min_size: 2, desired_size: 3, max_size: 6 }] };
    await workspace.write(
      aws(cluster, { aws_eks_cluster: { version: '1.35' }, aws_eks_node_group: scaling }),
    );
    expect(await workspace.plan()).toEqual({
      'aws_eks_cluster.main': 'update',
      'aws_eks_node_group.main': 'update',
    });
    await workspace.must('apply', '-input=false', 'plan.bin');
    await workspace.write(
      aws(cluster, {
        aws_eks_cluster: { version: '1.35' },
        aws_eks_node_group: { ...scaling, instance_types: ['m7g.xlarge'] },
      }),
    );
    expect(await workspace.plan()).toEqual({ 'aws_eks_node_group.main': 'delete+create' });
  });

  test('is read by another stack of the account, and refused where there is none', async () => {
    const accountId = '510000000002';
    const owner = await bench.workspace({ accountId }, aws(cluster));
    await owner.must('apply', '-auto-approve');
    const readers = (name: string) =>
      aws(
        ['aws_eks_addon'],
        { aws_eks_addon: { cluster_name: '${data.aws_eks_cluster.it.name}' } },
        {
          data: {
            aws_eks_cluster: { it: { name } },
            aws_eks_cluster_auth: { it: { name } },
            aws_availability_zones: { it: { state: 'available', exclude_names: ['eu-central-1b'] } },
            aws_region: { it: {} },
            aws_partition: { it: {} },
          },
          output: {
            issuer: { value: '${data.aws_eks_cluster.it.identity[0].oidc[0].issuer}' },
            group: { value: '${data.aws_eks_cluster.it.vpc_config[0].cluster_security_group_id}' },
            token: { value: '${data.aws_eks_cluster_auth.it.token}', sensitive: true },
            zones: { value: '${data.aws_availability_zones.it.names}' },
            zone_ids: { value: '${data.aws_availability_zones.it.zone_ids}' },
            place: { value: '${data.aws_partition.it.partition}/${data.aws_region.it.name}' },
          },
        },
      );
    const reader = await bench.workspace({ accountId }, readers('acme'));
    await reader.must('apply', '-auto-approve');
    const outputs = JSON.parse(await reader.must('output', '-json')) as Record<string, { value: unknown }>;
    const made = await listSandboxObjects(bench.database.db, owner.run.environmentId);
    const { value } = made.find((object) => object.type === 'aws_eks_cluster') ?? {};
    expect(value?.['identity']).toEqual([{ oidc: [{ issuer: outputs['issuer']?.value }] }]);
    expect(value?.['vpc_config']).toMatchObject([{ cluster_security_group_id: outputs['group']?.value }]);
    expect(outputs['token']?.value).toMatch(/^k8s-aws-v1\./);
    expect(outputs['zones']?.value).toEqual(['eu-central-1a', 'eu-central-1c']);
    expect(outputs['zone_ids']?.value).toEqual(['euc1-az1', 'euc1-az3']);
    expect(outputs['place']?.value).toBe('aws/eu-central-1');

    const lost = await bench.workspace({ accountId }, readers('lost'));
    expect(await wordsOf(lost, 'plan')).toContain('No cluster found for name: lost');
  });

  test('shows no token where it is not asked to', async () => {
    const token = { token: { value: '${data.aws_eks_cluster_auth.it.token}' } };
    const workspace = await bench.workspace(
      {},
      aws(['aws_vpc'], {}, { data: { aws_eks_cluster_auth: { it: { name: 'acme' } } }, output: token }),
    );
    expect(await wordsOf(workspace, 'plan')).toContain('Output refers to sensitive values');
  });
});

describe('databases', () => {
  const database = (more: object) =>
    aws(
      ['aws_db_instance'],
      {
        aws_db_instance: {
          engine: 'mysql',
          engine_version: '8.0.42',
          password: undefined,
          manage_master_user_password: true,
          db_subnet_group_name: undefined,
          parameter_group_name: undefined,
          vpc_security_group_ids: undefined,
          tags: undefined,
          performance_insights_enabled: true,
          max_allocated_storage: 100,
          ...more,
        },
      },
      { output: { secret: { value: '${aws_db_instance.main.master_user_secret[0].secret_arn}' } } },
    );

  test('leave the password to the cloud, and grow in place', async () => {
    const workspace = await bench.workspace({}, database({}));
    await workspace.must('apply', '-auto-approve');
    expect(await workspace.plan()).toEqual({});
    expect(await workspace.must('output', '-raw', 'secret')).toMatch(
      /^arn:aws:secretsmanager:.*:secret:rds!db-/,
    );
    await workspace.write(
      database({
        instance_class: 'db.m7g.large',
        multi_az: true,
        max_allocated_storage: 500,
        monitoring_interval: 60,
      }),
    );
    expect(await workspace.plan()).toEqual({ 'aws_db_instance.main': 'update' });
    await workspace.must('apply', '-input=false', 'plan.bin');
    expect(await workspace.plan()).toEqual({});
    await workspace.write(database({ kms_key_id: 'arn:aws:kms:eu-central-1:510000000001:key/other' }));
    expect(await workspace.plan()).toEqual({ 'aws_db_instance.main': 'delete+create' });
  });
});

describe('launch templates', () => {
  test('get a new version with each change, which node groups follow', async () => {
    const types = [...cluster, 'aws_launch_template'];
    const following = {
      launch_template: [
        { id: '${aws_launch_template.main.id}', version: '${aws_launch_template.main.latest_version}' },
      ],
    };
    const stack = (instanceType: string) =>
      aws(types, {
        aws_launch_template: { instance_type: instanceType, vpc_security_group_ids: undefined },
        aws_eks_node_group: { ...following, instance_types: undefined },
      });
    const workspace = await bench.workspace({}, stack('m7g.large'));
    await workspace.must('apply', '-auto-approve');
    await workspace.write(stack('m7g.xlarge'));
    expect(await workspace.plan()).toEqual({
      'aws_launch_template.main': 'update',
      'aws_eks_node_group.main': 'update',
    });
    await workspace.must('apply', '-input=false', 'plan.bin');
    expect(await workspace.plan()).toEqual({});
    const objects = await listSandboxObjects(bench.database.db, workspace.run.environmentId);
    const template = objects.find((object) => object.type === 'aws_launch_template')?.value;
    expect(template).toMatchObject({ latest_version: 2, default_version: 1 });
  });
});

describe('passwords of cache users', () => {
  test('are not kept in clear, and a change of one is still seen', async () => {
    const stack = (...passwords: string[]) =>
      aws(['aws_elasticache_user'], { aws_elasticache_user: { passwords } });
    const workspace = await bench.workspace({}, stack('the-first-secret-1', 'the-second-secret-2'));
    await workspace.must('apply', '-auto-approve');
    const kept = JSON.stringify(await listSandboxObjects(bench.database.db, workspace.run.environmentId));
    expect(kept).not.toContain('secret-');
    expect(kept).toContain('sha256:');
    expect(await workspace.plan()).toEqual({});
    await workspace.write(stack('the-first-secret-1', 'the-third-secret-3'));
    expect(await workspace.plan()).toEqual({ 'aws_elasticache_user.main': 'update' });
  });
});

describe('what AWS would refuse', () => {
  test('is refused in the plan already', async () => {
    const wrong = [
      ['aws_vpc', { cidr_block: '10.0.0.0/8' }, 'an IPv4 network of /16 to /28'],
      ['aws_s3_bucket', { bucket: 'Not_A_Bucket' }, '3 to 63 lowercase letters'],
      ['aws_kms_alias', { name: 'acme', target_key_id: 'x' }, "must begin with 'alias/'"],
      ['aws_kms_key', { deletion_window_in_days: 3 }, 'deletion_window_in_days to be in the range (7 - 30)'],
      ['aws_iam_role', { assume_role_policy: '{' }, 'contains an invalid JSON policy'],
      ['aws_iam_policy', { name: 'x'.repeat(129) }, 'at most 128 letters'],
      ['aws_cloudwatch_log_group', { retention_in_days: 31 }, 'expected retention_in_days to be one of'],
      ['aws_secretsmanager_secret', { recovery_window_in_days: 3 }, 'expected recovery_window_in_days'],
      ['aws_iam_openid_connect_provider', { url: 'http://issuer.example.com' }, 'schema of: "https"'],
      ['aws_elasticache_user', { passwords: ['short'] }, 'in the range (16 - 128)'],
      [
        'aws_eks_cluster',
        { name: '-x', role_arn: 'arn', encryption_config: undefined, vpc_config: [{ subnet_ids: ['s'] }] },
        'at most 100 letters',
      ],
    ] as const;
    const types = wrong.map(([type]) => type);
    const workspace = await bench.workspace({}, aws(types, Object.fromEntries(wrong)));
    const words = await wordsOf(workspace, 'plan', '-input=false');
    expect(wrong.map(([, , message]) => message).filter((message) => !words.includes(message))).toEqual([]);
  });

  test('nodes for a cluster that does not exist are refused', async () => {
    const lost = { cluster_name: 'lost', node_role_arn: 'arn:aws:iam::1:role/x', subnet_ids: ['subnet-1'] };
    const workspace = await bench.workspace({}, aws(['aws_eks_node_group'], { aws_eks_node_group: lost }));
    expect(await wordsOf(workspace, 'apply', '-auto-approve')).toContain('No cluster found for name: lost');
  });

  test('settings of a bucket that does not exist are refused', async () => {
    const workspace = await bench.workspace(
      {},
      aws(['aws_s3_bucket_versioning'], { aws_s3_bucket_versioning: { bucket: 'nowhere' } }),
    );
    expect(await wordsOf(workspace, 'apply', '-auto-approve')).toContain('NoSuchBucket');
  });

  test('a role with policies is kept until they are detached', async () => {
    const accountId = '510000000003';
    const owner = await bench.workspace({ accountId }, aws(['aws_iam_role']));
    await owner.must('apply', '-auto-approve');
    const guest = await bench.workspace(
      { accountId },
      aws(['aws_iam_role_policy'], { aws_iam_role_policy: { role: 'acme' } }),
    );
    await guest.must('apply', '-auto-approve');
    expect(await wordsOf(owner, 'destroy', '-auto-approve')).toContain('must detach all policies first');
  });
});

test('every data source in use has an answer', () => {
  const inUse = providerNames.flatMap((name) => Object.keys(typesInUse[name].dataSources));
  expect(Object.keys(dataSources).sort()).toEqual(inUse.sort());
});
