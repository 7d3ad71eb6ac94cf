import { describe, expect, test } from '@jest/globals';
import { environmentNames, hostName, labels, slug, stableName } from '../../src/spec/names.js';
import { quantityValue } from '../../src/spec/quantity.js';
import { stackInput } from '../../src/spec/stack-input.js';

const hostile = [
  'Ünïcode GmbH & Co',
  '日本',
  '9lives',
  '---',
  'a'.repeat(200),
  'a--b__c',
  '${x}',
  '../../etc',
  '',
  '1',
];

describe('names of an environment', () => {
  test.each(hostile.flatMap((tenant) => hostile.map((name) => [tenant, name] as const)))(
    'of tenant %j and environment %j hold for every service',
    (tenant, name) => {
      const names = environmentNames({
        environment_id: 'env_1',
        environment_name: name,
        tenant_slug: tenant,
      });
      const form = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
      expect(names.namespace).toMatch(form);
      expect(names.namespace.length).toBeLessThanOrEqual(63);
      expect(names.database).toMatch(form);
      expect(names.database.length).toBeLessThanOrEqual(48);
      expect(names.cache).toMatch(form);
      expect(names.cache.length).toBeLessThanOrEqual(40);
      expect(names.schema).toMatch(/^[a-z][a-z0-9_]{0,62}$/);
    },
  );

  test('are pinned: they exist in customers accounts', () => {
    expect(
      environmentNames({ environment_id: 'env_1', environment_name: 'prod', tenant_slug: 'acme' }),
    ).toEqual({
      namespace: 'acme-prod-b6f6b232',
      database: 'acme-prod-b6f6b232',
      cache: 'acme-prod-b6f6b232',
      schema: 'acme_prod_b6f6b232',
    });
  });

  test('of two environments differ even where tenant and name are alike', () => {
    const one = { environment_name: 'a'.repeat(99), tenant_slug: 'b'.repeat(99) };
    expect(stableName({ ...one, environment_id: 'env_1' }, 40)).not.toBe(
      stableName({ ...one, environment_id: 'env_2' }, 40),
    );
  });

  test('slug keeps what can be kept', () => {
    expect(['Crème Brûlée', '42', 'A_b'].map(slug)).toEqual(['creme-brulee', 'x42', 'a-b']);
  });
});

describe('texts', () => {
  test.each([
    ['500m', 0.5],
    ['2', 2],
    ['1.5', 1.5],
    ['1Ki', 1024],
    ['1M', 1e6],
    ['2Gi', 2 ** 31],
    ['', undefined],
    ['-1', undefined],
    ['1e3', undefined],
    ['1 Gi', undefined],
    ['Gi', undefined],
  ])('quantity %j is %j', (text, value) => {
    expect(quantityValue(text)).toBe(value);
  });

  test.each([
    ['a.example.com', true],
    ['example.com', true],
    ['localhost', false],
    ['*.example.com', false],
    ['-a.com', false],
    ['a..com', false],
    ['10.0.0.1', false],
    [`${'a.'.repeat(130)}com`, false],
  ])('host name %j: %j', (text, good) => {
    expect(hostName.safeParse(text).success).toBe(good);
  });

  test('labels refuse what Kubernetes or AWS would', () => {
    expect(labels.safeParse({ team: 'shop', 'cost.center': '42' }).success).toBe(true);
    for (const wrong of [{ Team: 'x' }, { 'aws:x': 'y' }, { a: 'b c' }, { a: 'x'.repeat(64) }])
      expect(labels.safeParse(wrong).success).toBe(false);
    expect(labels.safeParse({ Team: 'x' }).error?.issues[0]?.message).toBe(
      'label names must be 1 to 63 lower-case letters, digits, ".", "_" or "-"',
    );
  });

  test('a stack input for AWS needs a 12-digit account', () => {
    const parsed = stackInput.safeParse({
      environment_id: 'env_1',
      environment_name: 'prod',
      tenant_id: 'ten_1',
      tenant_slug: 'acme',
      tenant_name: 'Acme',
      provider: 'aws',
      cloud_account_id: '123',
      region: 'eu-central-1',
      blueprint: 'app@1',
      spec: {},
    });
    expect(parsed.error?.issues.map((issue) => issue.message)).toEqual([
      'must be 12 digits for provider "aws"',
    ]);
  });
});
