/** The table of needs against what stacks are made of, and against what AWS says of actions. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { projectRoot } from '../../src/lib/project-root.js';
import { attachedPolicies, conditions, taggingCalls } from '../../src/onboarding/conditions.js';
import { grantsOf, needsOfDataSources, needsOfTypes } from '../../src/onboarding/needs.js';
import { labelledKinds, namespaceKind } from '../../src/receipt/listed-kinds.js';
import { resourceKinds, type ResourceKind } from '../../src/onboarding/resource-kinds.js';
import { typesInUse } from '../../src/sandbox/schema/types-in-use.js';
import { stableName, tenantPrefix } from '../../src/spec/names.js';
import { inputOf } from '../stacks/inputs.js';
import { kits } from '../stacks/kits/kits.js';
import { merged, pairsOf, type Kit, type Spec } from '../stacks/kits/kit.js';
import { stackOf, textsOf, type StackJson } from '../stacks/stack-json.js';
import { keysOf, place } from './a-place.js';

/** `addresses.test.ts` holds these equal to what all stacks of all kits make. */
const pinned = JSON.parse(
  readFileSync(join(projectRoot, 'test/stacks/proof/addresses.json'), 'utf8'),
) as Record<string, string[]>;
const made = new Set(
  Object.values(pinned)
    .flat()
    .map((address) => address.split('.')[0] ?? '')
    .filter((type) => type.startsWith('aws_')),
);

/** Whole stacks: all of every kit, its lives, and each pair of values of `platform@1` with a cluster that was there before. */
const stacks: (StackJson & { data?: Record<string, unknown> })[] = kits.flatMap((kit) => {
  const pairs = kit.blueprint.ref === 'platform@1' ? pairsOf(kit) : [];
  const given = pairs.filter(({ labels }) => labels['place'] === 'both').map(({ spec }) => spec);
  const specs = [
    kit.everything,
    ...serverless(kit),
    ...kit.lives.flatMap(({ first, then }) => [first, then]),
    ...given,
  ];
  return specs.map((spec) => stackOf(inputOf({ ...spec }, { blueprint: kit.blueprint.ref })));
});
/** A cache is either of two kinds, and no spec with everything has both. */
function serverless({ base, parameters }: Kit): Spec[] {
  const found = Object.values(parameters).flatMap(Object.values) as Spec[];
  return found.filter((one) => JSON.stringify(one).includes('"serverless"')).map((one) => merged(base, one));
}
const resources = (type: string) => stacks.flatMap(({ resource }) => Object.values(resource[type] ?? {}));

describe('the table of needs', () => {
  test('has a row for each type of AWS that a stack makes', () => {
    expect([...made].filter((type) => !(type in needsOfTypes))).toEqual([]);
    expect(
      stacks
        .flatMap(({ resource }) => Object.keys(resource))
        .filter((type) => type.startsWith('aws_') && !made.has(type)),
    ).toEqual([]);
  });

  test('has no row that no stack needs', () => {
    expect(Object.keys(needsOfTypes).filter((type) => !made.has(type))).toEqual([]);
  });

  test('leaves out of the types in use those alone that no stack makes', () => {
    const without = Object.keys(typesInUse.aws.resources).filter((type) => !(type in needsOfTypes));
    expect(without.filter((type) => made.has(type))).toEqual([]);
  });

  test('has the data sources that stacks read, and no others', () => {
    const read = new Set(
      stacks.flatMap(({ data }) => Object.keys(data ?? {})).filter((type) => type.startsWith('aws_')),
    );
    expect([...read].sort()).toEqual(Object.keys(needsOfDataSources).sort());
  });

  test('each row reads, and writes', () => {
    for (const { read, write } of Object.values(needsOfTypes))
      expect([read.length, write.length].includes(0)).toBe(false);
  });
});

test('every kind that a stack makes in a cluster is looked for after a destroy', () => {
  const listed = new Set([...labelledKinds, namespaceKind].map(({ kind }) => kind));
  const kinds = stacks.flatMap(({ resource }) =>
    Object.entries(resource).flatMap(([type, byName]) => {
      if (type === 'kubernetes_manifest')
        return Object.values(byName).map(({ manifest }) => (manifest as { readonly kind: string }).kind);
      const [, name] = /^kubernetes_(.+?)(?:_v\d+)?$/.exec(type) ?? [];
      return name === undefined
        ? []
        : [
            name
              .split('_')
              .map((word) => word[0]?.toUpperCase() + word.slice(1))
              .join(''),
          ];
    }),
  );
  expect(kinds).toContain('HTTPRoute');
  expect([...new Set(kinds)].filter((kind) => !listed.has(kind))).toEqual([]);
});

test('roles of environments get the policies of AWS that the condition names, and no others', () => {
  const attached = resources('aws_iam_role_policy_attachment').map((one) => String(one['policy_arn']));
  const names = new Set(attached.map((arn) => arn.replace('arn:aws:iam::aws:policy/', '')));
  expect([...names].sort()).toEqual([...attachedPolicies].sort());
});

test('roles are passed to the services that the conditions name', () => {
  const trusts = resources('aws_iam_role').flatMap((one) => textsOf(one['assume_role_policy']));
  const services = new Set(
    trusts.flatMap(({ text }) => [...text.matchAll(/"Service":\["([\w.-]+)"\]/g)].map(([, name]) => name)),
  );
  const named = [conditions.to_eks(), conditions.to_flow_logs()].flatMap(
    ({ StringEquals }) => StringEquals?.['iam:PassedToService'] ?? [],
  );
  expect([...services].sort()).toEqual([...new Set(named)].sort());
});

describe('names that stacks give', () => {
  /** Type -> the attribute with the name, and what of an ARN comes before it. */
  const named: Readonly<
    Record<string, readonly [attribute: string, kind: ResourceKind, arn: (name: string) => string]>
  > = {
    aws_iam_role: ['name', 'role', (name) => `arn:aws:iam::123456789012:role/${name}`],
    aws_eks_cluster: ['name', 'cluster', (name) => `arn:aws:eks:eu-central-1:123456789012:cluster/${name}`],
    aws_kms_alias: ['name', 'alias', (name) => `arn:aws:kms:eu-central-1:123456789012:${name}`],
    aws_cloudwatch_log_group: [
      'name',
      'log-group',
      (name) => `arn:aws:logs:eu-central-1:123456789012:log-group:${name}`,
    ],
    aws_db_instance: ['identifier', 'db', (name) => `arn:aws:rds:eu-central-1:123456789012:db:${name}`],
    aws_db_parameter_group: ['name', 'pg', (name) => `arn:aws:rds:eu-central-1:123456789012:pg:${name}`],
    aws_db_subnet_group: ['name', 'subgrp', (name) => `arn:aws:rds:eu-central-1:123456789012:subgrp:${name}`],
    aws_elasticache_replication_group: [
      'replication_group_id',
      'replicationgroup',
      (name) => `arn:aws:elasticache:eu-central-1:123456789012:replicationgroup:${name}`,
    ],
    aws_elasticache_subnet_group: [
      'name',
      'subnetgroup',
      (name) => `arn:aws:elasticache:eu-central-1:123456789012:subnetgroup:${name}`,
    ],
    aws_elasticache_user: [
      'user_id',
      'user',
      (name) => `arn:aws:elasticache:eu-central-1:123456789012:user:${name}`,
    ],
    aws_elasticache_user_group: [
      'user_group_id',
      'usergroup',
      (name) => `arn:aws:elasticache:eu-central-1:123456789012:usergroup:${name}`,
    ],
    aws_elasticache_serverless_cache: [
      'name',
      'serverlesscache',
      (name) => `arn:aws:elasticache:eu-central-1:123456789012:serverlesscache:${name}`,
    ],
    aws_s3_bucket: ['bucket', 'bucket', (name) => `arn:aws:s3:::${name}`],
  };

  test.each(Object.entries(named))('%s fits its pattern', (type, [attribute, kind, arn]) => {
    const names = new Set(resources(type).map((one) => String(one[attribute])));
    if (names.size === 0) throw new Error(`no stack makes ${type}`);
    const patterns = resourceKinds[kind](place).map(
      (pattern) =>
        new RegExp(
          `^${pattern
            .replace(/[.+^${}()|[\]\\]/g, '\\$&')
            .replaceAll('*', '.*')
            .replaceAll('?', '.')}$`,
        ),
    );
    expect([...names].filter((name) => !patterns.some((pattern) => pattern.test(arn(name))))).toEqual([]);
  });

  test.each([
    'acme',
    'sg-acme',
    'terrace',
    'a-very-long-name-of-a-tenant',
    'abcdefghijklmn-opq',
    '9 lives',
    '---',
    'x'.repeat(15),
    'ünïcode größe',
  ])('of tenant %p begin with its prefix, whatever the environment is called', (tenantSlug) => {
    const prefix = tenantPrefix(tenantSlug);
    for (const environment_name of ['a', 'prod', 'e'.repeat(40), 'a-b-c'])
      for (const most of [40, 43, 48, 63]) {
        const name = stableName({ environment_id: 'env_1', environment_name, tenant_slug: tenantSlug }, most);
        expect(name.startsWith(prefix)).toBe(true);
        expect(name).toMatch(/-[0-9a-f]{8}$/);
      }
    expect(prefix.length).toBeLessThanOrEqual(16);
    expect('terrace-plan'.startsWith(prefix)).toBe(false);
  });
});

/** From AWS's own reference: what each action knows of resources and conditions. */
const reference = new Map(
  readFileSync(join(projectRoot, 'test/onboarding/authorization-reference.txt'), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const [action = '', keys = '', kinds = ''] = line.split(' | ');
      const of = new Map(
        [...kinds.matchAll(/(\w[\w-]*)(\*?)(?:\(([^)]*)\))?/g)].map(([, kind = '', required, own = '']) => [
          kind,
          { required: required === '*', keys: own.split(',') },
        ]),
      );
      return [action, { keys: keys.split(','), kinds: of }];
    }),
);
/** Where ours are called otherwise. */
const kindNames: Partial<Record<ResourceKind, string>> = {
  'cache-cluster': 'cluster',
  'any-cluster': 'cluster',
  'service-linked-role': 'role',
  'own-roles': 'role',
  'rds-secret': 'Secret',
};

describe("AWS's reference", () => {
  const grants = [...new Set([...grantsOf('plan'), ...grantsOf('apply')])];
  const each = grants.flatMap((grant) => grant.actions.map((action) => ({ ...grant, action })));

  test('knows every action, and the kinds it is granted on', () => {
    for (const { action, on } of each) {
      const known = reference.get(action);
      expect([action, known !== undefined]).toEqual([action, true]);
      for (const kind of on.map((one) => kindNames[one] ?? one))
        if (kind !== 'all') expect([action, kind, known?.kinds.has(kind)]).toEqual([action, kind, true]);
    }
  });

  test('is used whole: a line of it that the table does not need is taken out', () => {
    expect([...reference.keys()].filter((action) => !each.some((one) => one.action === action))).toEqual([]);
  });

  test('finds a grant on every kind that an action requires', () => {
    for (const [action, { kinds }] of reference)
      for (const [kind, { required }] of kinds) {
        const granted = each
          .filter((one) => one.action === action)
          .flatMap(({ on }) => on.map((name) => kindNames[name] ?? name));
        if (required)
          expect([action, kind, granted.includes(kind) || granted.includes('all')]).toEqual([
            action,
            kind,
            true,
          ]);
      }
  });

  test('knows the condition keys for the action or the kind', () => {
    // EC2 has them for every action that tags.
    const global = ['ec2:CreateAction', 'RequestTag/AmazonElastiCacheManaged'];
    for (const { action, on, when } of each)
      for (const kind of on) {
        const known = reference.get(action);
        const keys = [
          ...(known?.keys ?? []),
          ...(known?.kinds.get(kindNames[kind] ?? kind)?.keys ?? []),
          ...global,
        ];
        expect([
          action,
          kind,
          keysOf(when).filter((key) => !keys.includes(key) && key !== 'ec2:LaunchTemplate'),
        ]).toEqual([action, kind, []]);
      }
  });

  test('writes go to "*" where it knows no resource alone', () => {
    const reads = new Set(grantsOf('plan').flatMap(({ actions }) => actions));
    for (const { action, on } of each)
      if (on.includes('all') && !reads.has(action))
        expect([action, reference.get(action)?.kinds.size]).toEqual([action, 0]);
  });

  test('the calls of EC2 that tag at birth are those that make something', () => {
    const calls = each
      .filter(({ action, when }) => action.startsWith('ec2:') && when === 'made')
      .map(({ action }) => action.slice(4));
    expect([...new Set(calls)].sort()).toEqual([...taggingCalls].sort());
  });
});
