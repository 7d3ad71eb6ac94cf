import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openBench, type Bench } from '../sandbox/bench.js';
import { inputOf } from './inputs.js';
import { stackOf, type StackJson } from './stack-json.js';

const release = { repository: 'https://charts.example.com', chart: 'shop', version: '1.0.0' };
const everything = {
  cluster: { gpu: { instance: 'g5.xlarge' } },
  database: { size: 'small' },
  cache: { size: 'small' },
  bucket: {},
  baseline: { external_secrets: { enabled: true } },
  release,
};

function platform(spec: Record<string, unknown>, more: Parameters<typeof inputOf>[1] = {}): StackJson {
  return stackOf(inputOf(spec, { blueprint: 'platform@1', ...more }));
}

interface Policy {
  readonly Statement: readonly {
    readonly Action: readonly string[];
    readonly Resource?: readonly string[];
  }[];
}
const policyOf = (text: unknown) => JSON.parse(String(text)) as Policy;

describe('secure by default', () => {
  const stack = platform(everything);

  test('the Kubernetes API is reached from the network alone', () => {
    expect(stack.resource.aws_eks_cluster?.cluster?.vpc_config).toMatchObject({
      endpoint_private_access: true,
      endpoint_public_access: false,
    });
  });

  test('no role may touch everything of a service, but to read what carries its tag', () => {
    const wide = Object.entries(stack.resource.aws_iam_role_policy ?? {}).flatMap(([name, { policy }]) =>
      policyOf(policy)
        .Statement.filter(
          (one) => one.Action.some((action) => action.endsWith(':*')) || one.Resource?.includes('*'),
        )
        .map((one) => `${name}: ${JSON.stringify(one)}`),
    );
    expect(wide).toEqual([]);
  });

  test('the application reaches its bucket and its secret, and only its service account takes the role', () => {
    const own = policyOf(stack.resource.aws_iam_role_policy?.app_role?.policy);
    expect(own.Statement.flatMap((one) => one.Resource)).toEqual([
      '${aws_s3_bucket.bucket.arn}',
      '${aws_s3_bucket.bucket.arn}/*',
      '${aws_db_instance.database.master_user_secret[0].secret_arn}',
      '${aws_kms_key.key.arn}',
    ]);
    const trust = String(stack.resource.aws_iam_role?.app_role?.assume_role_policy);
    expect(trust).toContain(':sub":"system:serviceaccount:acme-prod-b6f6b232:app"');
  });

  test('the bucket refuses everything without TLS', () => {
    expect(JSON.parse(String(stack.resource.aws_s3_bucket_policy?.bucket?.policy))).toMatchObject({
      Statement: [
        { Effect: 'Deny', Principal: '*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
      ],
    });
  });

  test('pods land on GPU nodes only when they ask', () => {
    expect(stack.resource.aws_eks_node_group?.cluster_gpu).toMatchObject({
      ami_type: 'AL2023_x86_64_NVIDIA',
      taint: [{ key: 'nvidia.com/gpu', value: 'true', effect: 'NO_SCHEDULE' }],
    });
    expect(stack.resource.aws_eks_node_group?.cluster_general?.taint).toBeUndefined();
  });

  test('the providers of the cluster ask for a token when they need one; none is kept', () => {
    const exec = {
      command: 'aws',
      args: [
        'eks',
        'get-token',
        '--cluster-name',
        '${aws_eks_cluster.cluster.name}',
        '--region',
        'eu-central-1',
      ],
    };
    expect(stack.provider.kubernetes?.[0]?.exec).toMatchObject([exec]);
    expect(stack.provider.helm?.[0]?.kubernetes).toMatchObject({ exec });
    expect(JSON.stringify(stack)).not.toContain('aws_eks_cluster_auth');
  });

  test('the application comes after every baseline chart', () => {
    const { depends_on: after } = stack.resource.helm_release?.app as { depends_on: string[] };
    const charts = Object.keys(stack.resource.helm_release ?? {}).filter((name) => name !== 'app');
    expect(charts).toHaveLength(5);
    expect(after).toEqual(expect.arrayContaining(charts.map((name) => `helm_release.${name}`)));
  });
});

test('zones are those that every account of a region has', () => {
  const zones = (region: string) =>
    Object.values(platform({}, { region }).resource.aws_subnet ?? {}).map((one) => one.availability_zone);
  expect([...new Set(zones('ap-northeast-1'))].sort()).toEqual(
    ['a', 'c', 'd'].map((letter) => `ap-northeast-1${letter}`),
  );
});

describe('an environment in a network and a cluster that are there', () => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await openBench();
  });
  afterAll(() => bench.close());

  const accountId = '320000000001';
  const local = (spec: Record<string, unknown>, environment_id: string) => {
    const { terraform, ...stack } = platform(spec, { environment_id, cloud_account_id: accountId });
    return { ...stack, terraform: { required_providers: terraform.required_providers } };
  };

  test('is made, leaves them alone, and goes without them', async () => {
    const off = Object.fromEntries(
      ['metrics_server', 'cert_manager', 'ingress_nginx'].map((name) => [name, { enabled: false }]),
    );
    const landlord = await bench.workspace(
      { accountId },
      local({ network: { zones: 2 }, baseline: off }, 'env_1'),
    );
    await landlord.must('apply', '-input=false', '-auto-approve');
    const state = JSON.parse(await landlord.must('show', '-json')) as {
      values: { root_module: { resources: { address: string; values: { id: string; name?: string } }[] } };
    };
    const at = (address: string) =>
      state.values.root_module.resources.find((one) => one.address === address)?.values;

    const spec = {
      network: {
        existing: {
          vpc_id: at('aws_vpc.network')?.id,
          vpc_cidr: '10.0.0.0/16',
          private_subnet_ids: ['a', 'b'].map((zone) => at(`aws_subnet.network_private_${zone}`)?.id),
        },
      },
      cluster: { existing: { name: at('aws_eks_cluster.cluster')?.name } },
      database: { size: 'small', final_snapshot: false },
      cache: { size: 'small' },
      release,
    };
    const tenant = await bench.workspace({ accountId }, local(spec, 'env_2'));
    const secrets = JSON.stringify({ cache_password: 'c'.repeat(32) });
    await writeFile(join(tenant.folder, 'secrets.auto.tfvars.json'), secrets);
    const planned = Object.keys(await tenant.plan()).map((address) => address.split('.')[0]);
    expect(planned.filter((type) => /^aws_(vpc$|subnet|eks|route|nat)/.test(type ?? ''))).toEqual([]);
    await tenant.must('apply', '-input=false', 'plan.bin');
    expect(await tenant.plan()).toEqual({});
    await tenant.must('destroy', '-auto-approve', '-input=false');
    expect(await landlord.plan()).toEqual({});
  });
});
