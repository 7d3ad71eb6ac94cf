import { describe, expect, test } from '@jest/globals';
import { overlays } from '../../src/sandbox/schema/overlay.js';
import { canImport, importId, importIdOf, importRules } from '../../src/terraform/import-ids.js';

describe('import ids', () => {
  test('every type of the blueprints has its rule', () => {
    const types = Object.keys(overlays);
    expect(types.filter((type) => importRules[type] === undefined)).toEqual([]);
    const unused = Object.keys(importRules).filter((type) => !types.includes(type));
    expect(unused.filter((type) => !type.startsWith('random_'))).toEqual([]);
  });

  test.each([
    ['kubernetes_namespace_v1', { metadata: [{ name: 'acme', namespace: null }] }, 'acme'],
    ['kubernetes_cluster_role_v1', { metadata: [{ name: 'reader' }] }, 'reader'],
    ['kubernetes_secret_v1', { metadata: [{ name: 's', namespace: 'acme' }] }, 'acme/s'],
    ['kubernetes_network_policy_v1', { metadata: { name: 'deny', namespace: 'acme' } }, 'acme/deny'],
    ['kubernetes_config_map_v1', { metadata: [{ name: 'c' }] }, 'default/c'],
    ['kubernetes_secret_v1', { metadata: [{ generate_name: 's-' }] }, undefined],
    ['kubernetes_secret_v1', {}, undefined],
    [
      'kubernetes_manifest',
      { manifest: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a', namespace: 'b' } } },
      'apiVersion=v1,kind=Pod,namespace=b,name=a',
    ],
    [
      'kubernetes_manifest',
      { manifest: { apiVersion: 'v1', kind: 'Node', metadata: { name: 'a' } } },
      'apiVersion=v1,kind=Node,name=a',
    ],
    ['helm_release', { name: 'app', namespace: 'acme' }, 'acme/app'],
    ['helm_release', { name: 'app' }, 'default/app'],
    ['aws_db_instance', { identifier: 'acme-db' }, 'acme-db'],
    ['aws_db_instance', { identifier: null }, undefined],
    ['aws_eks_addon', { cluster_name: 'c', addon_name: 'coredns' }, 'c:coredns'],
    ['aws_eks_addon', { addon_name: 'coredns' }, undefined],
    [
      'aws_route',
      { route_table_id: 'rtb-1', destination_ipv6_cidr_block: '::/0', destination_cidr_block: '' },
      'rtb-1_::/0',
    ],
    ['postgresql_schema', { name: 's' }, 'postgres.s'],
    ['aws_security_group', { name: 'acme' }, undefined],
    ['terraform_data', { id: 'x' }, undefined],
  ])('%s %j -> %s', (type, values, id) => {
    expect(importId(type, values)).toBe(id);
  });

  test('the id that the apply reported serves where it is the import id, and nowhere else', () => {
    expect(importIdOf('aws_security_group', { name: 'acme' }, 'sg-1')).toBe('sg-1');
    expect(importIdOf('aws_security_group', {}, null)).toBeUndefined();
    expect(importIdOf('aws_db_instance', {}, 'db-ABC')).toBeUndefined();
    expect(importIdOf('aws_kms_alias', {}, 'alias/a')).toBe('alias/a');
    expect(importIdOf('postgresql_grant', {}, 'x')).toBeUndefined();
  });

  test('random values are not importable wherever they are', () => {
    expect(canImport('random_password.db')).toBe(false);
    expect(canImport('module.x["k"].random_id.db')).toBe(false);
    expect(canImport('random_password.db["a.b"]')).toBe(false);
    expect(canImport('aws_db_instance.random_name')).toBe(true);
  });
});
