/** The forms that the onboarding is told in, each tried by what reads it. */
import { spawnSync } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { cliSteps } from '../../src/onboarding/cli-steps.js';
import {
  cloudFormationTemplate,
  parameterValues,
  quickCreateUrl,
} from '../../src/onboarding/cloudformation.js';
import { terraformModule } from '../../src/onboarding/terraform-module.js';
import { anAccount } from '../credentials/an-account.js';
import { decide, type Policy } from '../support/fake-aws/policy.js';
import { openBench, type Bench } from '../sandbox/bench.js';
import { anOnboarding } from './a-place.js';

const onboarding = anOnboarding();

describe('the trust policy', () => {
  test('asks for the external id, and for tags that say for whom', () => {
    const [plan] = onboarding.roles;
    expect(plan?.trust.Statement).toEqual([
      expect.objectContaining({
        Principal: { AWS: 'arn:aws:iam::999999999999:root' },
        Action: 'sts:AssumeRole',
        Condition: { StringEquals: { 'sts:ExternalId': 'terrace-secret' } },
      }),
      expect.objectContaining({
        Action: 'sts:TagSession',
        Condition: expect.objectContaining({
          StringEquals: {
            'aws:RequestTag/terrace.dev/tenant-id': 'ten_1',
            'aws:RequestTag/terrace.dev/phase': 'plan',
          },
        }),
      }),
    ]);
  });

  test('takes both external ids while one follows the other', () => {
    const { roles } = anOnboarding({ externalIds: { current: 'terrace-old', next: 'terrace-new' } });
    for (const { trust } of roles)
      expect(trust.Statement[0]?.Condition).toEqual({
        StringEquals: { 'sts:ExternalId': ['terrace-old', 'terrace-new'] },
      });
  });

  test.each([
    [
      'the role of the control account',
      { control: { roleArn: 'arn:aws:iam::999999999999:role/terrace' } },
      'arn:aws:iam::999999999999:role/terrace',
    ],
    [
      'the last role of a chain',
      {
        account: anAccount('123456789012', {
          chainRoleArns: ['arn:aws:iam::999999999999:role/hub', 'arn:aws:iam::888888888888:role/spoke'],
        }),
      },
      'arn:aws:iam::888888888888:role/spoke',
    ],
  ])('names %s where there is one', (_name, over, arn) => {
    expect(anOnboarding(over).principalArn).toBe(arn);
  });

  test('is refused with a text that says what to set', () => {
    expect(() => anOnboarding({ control: {} })).toThrow(
      'Terrace does not know which cloud account it acts from: set CONTROL_ACCOUNT_ID, or CONTROL_ROLE_ARN',
    );
    const account = anAccount('123456789012', { regions: ['cn-north-1'] });
    expect(() =>
      anOnboarding({ account, control: { roleArn: 'arn:aws:iam::999999999999:role/terrace' } }),
    ).toThrow(
      'account acc_1 has regions of partition aws-cn, and arn:aws:iam::999999999999:role/terrace is in another: roles are not taken across partitions, so set a role of aws-cn',
    );
  });
});

describe("the control account's side", () => {
  test('is to take the roles of customers, and nothing else', () => {
    expect(onboarding.control.policy.Statement).toEqual([
      {
        Sid: 'CustomersRoles',
        Effect: 'Allow',
        Action: ['sts:AssumeRole', 'sts:TagSession'],
        Resource: ['arn:aws:iam::*:role/terrace-apply', 'arn:aws:iam::*:role/terrace-plan'],
      },
    ]);
    const chainRoleArns = ['arn:aws:iam::999999999999:role/hub'];
    const chained = anOnboarding({ account: anAccount('123456789012', { chainRoleArns }) });
    expect(chained.control.policy.Statement[0]?.Resource).toEqual(chainRoleArns);
  });

  test('is trusted by the service accounts of worker and API alone', () => {
    expect(onboarding.control.irsaTrust.Statement).toEqual([
      {
        Sid: 'ServiceAccounts',
        Effect: 'Allow',
        Principal: { Federated: 'arn:aws:iam::999999999999:oidc-provider/ISSUER_OF_THE_CLUSTER' },
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: {
          StringEquals: {
            'ISSUER_OF_THE_CLUSTER:aud': 'sts.amazonaws.com',
            'ISSUER_OF_THE_CLUSTER:sub': [
              'system:serviceaccount:terrace:terrace-api',
              'system:serviceaccount:terrace:terrace-worker',
            ],
          },
        },
      },
    ]);
  });
});

interface Template {
  readonly Parameters: Readonly<
    Record<
      string,
      {
        readonly Type: string;
        readonly NoEcho?: boolean;
        readonly Default?: string;
        readonly AllowedPattern?: string;
      }
    >
  >;
  readonly Resources: Readonly<
    Record<string, { readonly Type: string; readonly Properties: Readonly<Record<string, unknown>> }>
  >;
}

/** As CloudFormation fills a template in. */
function filledIn(value: unknown, values: Readonly<Record<string, string | readonly string[]>>): unknown {
  if (Array.isArray(value)) return value.map((one) => filledIn(one, values));
  if (value === null || typeof value !== 'object') return value;
  const [[key, member] = []] = Object.entries(value);
  if (key === 'Ref') {
    const found = values[String(member)];
    if (found === undefined) throw new Error(`no value of ${String(member)}`);
    return found;
  }
  if (key === 'Fn::Sub')
    return String(member).replace(/\$\{(!?)([^}]+)\}/g, (_all, kept: string, name: string) =>
      kept === '' ? String(filledIn({ Ref: name }, values)) : `\${${name}}`,
    );
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, filledIn(one, values)]));
}

describe('the template of CloudFormation', () => {
  const text = cloudFormationTemplate(parameterValues(onboarding));
  const template = JSON.parse(text) as Template;
  const given = {
    ...Object.fromEntries(
      Object.entries(template.Parameters).map(([name, one]) => [name, one.Default ?? '']),
    ),
    'AWS::Partition': 'aws',
    'AWS::AccountId': '123456789012',
    ExternalIds: ['terrace-secret'],
    Regions: ['eu-central-1'],
    ...Object.fromEntries(['Plan', 'Apply'].map((name) => [`${name}Role`, `terrace-${name.toLowerCase()}`])),
  };

  test('makes the same roles and policies as the other forms', () => {
    for (const { phase, name, trust, policies } of onboarding.roles) {
      const title = phase === 'plan' ? 'Plan' : 'Apply';
      const role = template.Resources[`${title}Role`];
      expect(filledIn(role?.Properties, given)).toEqual({
        RoleName: name.name,
        Path: name.path,
        AssumeRolePolicyDocument: JSON.parse(
          JSON.stringify(trust).replace('"terrace-secret"', '["terrace-secret"]'),
        ),
      });
      for (const [index, policy] of policies.entries())
        expect(filledIn(template.Resources[`${title}Policy${index + 1}`]?.Properties, given)).toEqual({
          ManagedPolicyName: policy.name,
          PolicyDocument: JSON.parse(JSON.stringify(policy.document)),
          Roles: [name.name],
        });
    }
  });

  test('has types, parameters and references that exist, and is small enough to be sent as it is', () => {
    const properties: Readonly<Record<string, readonly string[]>> = {
      'AWS::IAM::Role': ['RoleName', 'Path', 'AssumeRolePolicyDocument'],
      'AWS::IAM::ManagedPolicy': ['ManagedPolicyName', 'PolicyDocument', 'Roles'],
    };
    for (const { Type, Properties } of Object.values(template.Resources))
      expect(Object.keys(Properties).sort()).toEqual([...(properties[Type] ?? [])].sort());
    for (const { AllowedPattern = '.*', Default = '' } of Object.values(template.Parameters))
      if (Default !== '') expect(Default).toMatch(new RegExp(`^(?:${AllowedPattern})$`));
    for (const name of Object.keys(given)) expect(text).toContain(name);
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(51_200);
  });

  test('lets the roles at the states of their own environment, in a bucket of the customer', () => {
    const key = 'arn:aws:kms:eu-west-1:123456789012:key/1';
    const state = { kind: 's3', bucket: 'states', region: 'eu-west-1', kmsKeyArn: key } as const;
    const kept = anOnboarding({ account: anAccount('123456789012', { state }) });
    const document = kept.roles[0]?.policies.at(-1)?.document;
    expect(kept.regions).toEqual(['eu-central-1', 'eu-west-1']);
    const made = template.Resources['PlanStatesPolicy']?.Properties['PolicyDocument'];
    const values = { ...given, StateBucket: 'states', StateKeyArn: key };
    const chosen = JSON.parse(JSON.stringify(made), (name: string, value: unknown) =>
      value !== null && typeof value === 'object' && 'Fn::If' in value
        ? (value['Fn::If'] as unknown[])[1]
        : value,
    ) as unknown;
    expect(filledIn(chosen, values)).toEqual(document);
    const policy = document as unknown as Policy;
    const ask = (action: string, name: string) =>
      decide(policy, {
        action,
        resource: `arn:aws:s3:::states/environments/${name}/terraform.tfstate`,
        context: { 'aws:PrincipalTag/terrace.dev/environment-id': 'env_1' },
      });
    expect([
      ask('s3:PutObject', 'env_1'),
      ask('s3:PutObject', 'env_2'),
      ask('s3:DeleteObject', 'env_1'),
    ]).toEqual(['allow', 'implicit_deny', 'implicit_deny']);
  });

  test('never holds the external id, nor does the link that opens it', () => {
    expect(template.Parameters['ExternalIds']).toMatchObject({ NoEcho: true });
    expect(template.Parameters['ExternalIds']).not.toHaveProperty('Default');
    const url = quickCreateUrl(onboarding, 'https://templates.s3.amazonaws.com/terrace.json');
    for (const form of [text, url]) expect(form).not.toContain('terrace-secret');
  });

  test('is shared without a word of any account', () => {
    const shared = cloudFormationTemplate();
    for (const word of ['123456789012', '999999999999', 'ten_1', 'acme']) expect(shared).not.toContain(word);
  });

  test('is opened by a link with all parameters but the external id', () => {
    const url = new URL(quickCreateUrl(onboarding, 'https://templates.s3.amazonaws.com/terrace.json'));
    expect(`${url.origin}${url.pathname}`).toBe(
      'https://eu-central-1.console.aws.amazon.com/cloudformation/home',
    );
    const query = new URLSearchParams(url.hash.replace('#/stacks/quickcreate?', ''));
    expect(query.get('templateURL')).toBe('https://templates.s3.amazonaws.com/terrace.json');
    const parameters = [...query.keys()]
      .filter((name) => name.startsWith('param_'))
      .map((name) => name.slice(6));
    expect([...parameters, 'ExternalIds'].sort()).toEqual(Object.keys(template.Parameters).sort());
    const account = anAccount('123456789012', { regions: ['cn-north-1'] });
    expect(quickCreateUrl(anOnboarding({ account }), 'https://x.example')).toMatch(
      /^https:\/\/cn-north-1\.console\.amazonaws\.cn\//,
    );
  });
});

describe('with programs', () => {
  let bench: Bench;
  let folder: string;
  beforeAll(async () => {
    bench = await openBench();
    folder = await mkdtemp(join(tmpdir(), 'onboarding-'));
  });
  afterAll(async () => {
    await bench.close();
    await rm(folder, { recursive: true });
  });

  test('terraform plans the module, and its policies are those of the other forms', async () => {
    const module = terraformModule(onboarding);
    expect(module).not.toContain('terrace-secret');
    const workspace = await bench.workspace({}, { provider: { aws: [{ region: 'eu-central-1' }] } });
    await writeFile(join(workspace.folder, 'onboarding.tf'), module);
    await writeFile(
      join(workspace.folder, 'ids.auto.tfvars.json'),
      JSON.stringify({ external_ids: ['terrace-secret'] }),
    );
    expect(JSON.parse(await workspace.must('validate', '-json'))).toMatchObject({
      valid: true,
      diagnostics: [],
    });
    expect(new Set(Object.values(await workspace.plan()))).toEqual(new Set(['create']));
    const plan = JSON.parse(await workspace.must('show', '-json', 'plan.bin')) as {
      planned_values: {
        root_module: {
          resources: { type: string; values: { name: string; policy: string; assume_role_policy: string } }[];
        };
      };
    };
    const { resources } = plan.planned_values.root_module;
    const planned = (type: string) =>
      new Map(resources.filter((one) => one.type === type).map(({ values }) => [values.name, values]));
    for (const { name, trust, policies } of onboarding.roles) {
      expect(JSON.parse(planned('aws_iam_role').get(name.name)?.assume_role_policy ?? '')).toEqual(
        JSON.parse(JSON.stringify(trust).replace('"terrace-secret"', '["terrace-secret"]')),
      );
      for (const policy of policies)
        expect(JSON.parse(planned('aws_iam_policy').get(policy.name)?.policy ?? '')).toEqual(policy.document);
    }
    expect(planned('aws_iam_policy').size).toBe(onboarding.roles.flatMap(({ policies }) => policies).length);
  });

  /** Runs the steps with a stand-in for the AWS CLI that notes its calls and the files that it is given. */
  async function run(account: string, there: boolean) {
    const log = join(folder, `${account}-${String(there)}.log`);
    const aws = [
      '#!/bin/sh',
      `echo "$*" >> '${log}'`,
      `for word in "$@"; do case $word in file://*) tr -d '\\n' < "\${word#file://}" >> '${log}'; echo >> '${log}';; esac; done`,
      `case "$1 $2" in "sts get-caller-identity") echo ${account};; "iam get-"*) exit ${there ? 0 : 254};; esac`,
    ].join('\n');
    await writeFile(join(folder, 'aws'), aws);
    await chmod(join(folder, 'aws'), 0o755);
    const { status, stderr } = spawnSync('sh', ['-s'], {
      input: cliSteps(onboarding),
      env: { PATH: `${folder}:${process.env['PATH'] ?? ''}` },
      encoding: 'utf8',
    });
    const lines = (await readFile(log, 'utf8')).trim().split('\n');
    return {
      status,
      stderr,
      calls: lines.filter((line) => !line.startsWith('{')),
      documents: lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as unknown),
    };
  }
  const documents = onboarding.roles.flatMap(({ trust, policies }) => [
    trust,
    ...policies.map(({ document }) => document),
  ]);

  test.each([
    ['make', false, 'create-role', 'create-policy '],
    ['renew', true, 'update-assume-role-policy', 'create-policy-version'],
  ])('the steps %s roles and policies', async (_name, there, role, policy) => {
    const found = await run('123456789012', there);
    expect([found.status, found.stderr]).toEqual([0, '']);
    expect(found.documents).toEqual(JSON.parse(JSON.stringify(documents)));
    const count = (word: string) => found.calls.filter((call) => call.startsWith(`iam ${word}`)).length;
    expect(count(role)).toBe(2);
    expect(count(policy)).toBe(documents.length - 2);
    expect(count('attach-role-policy')).toBe(documents.length - 2);
  });

  test('the steps stop in another account', async () => {
    const { status, stderr, calls } = await run('111111111111', false);
    expect([status, stderr]).toEqual([1, 'these keys are of another account than 123456789012\n']);
    expect(calls.length).toBe(1);
  });
});
