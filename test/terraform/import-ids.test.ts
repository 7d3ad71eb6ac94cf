import { describe, expect, test } from '@jest/globals';
import { canImport, importId } from '../../src/terraform/import-ids.js';

describe('import ids', () => {
  test.each([
    ['kubernetes_namespace', { metadata: [{ name: 'acme' }] }, 'acme'],
    ['kubernetes_namespace_v1', { metadata: [{ name: 'acme', namespace: null }] }, 'acme'],
    ['kubernetes_cluster_role', { metadata: [{ name: 'reader' }] }, 'reader'],
    ['kubernetes_secret', { metadata: [{ name: 's', namespace: 'acme' }] }, 'acme/s'],
    ['kubernetes_network_policy_v1', { metadata: { name: 'deny', namespace: 'acme' } }, 'acme/deny'],
    ['kubernetes_config_map', { metadata: [{ name: 'c' }] }, 'default/c'],
    ['kubernetes_secret', { metadata: [{ generate_name: 's-' }] }, undefined],
    ['kubernetes_secret', {}, undefined],
    ['helm_release', { name: 'app', namespace: 'acme' }, 'acme/app'],
    ['helm_release', { name: 'app' }, 'default/app'],
    ['aws_db_instance', { identifier: 'acme-db' }, 'acme-db'],
    ['aws_db_instance', { identifier: null }, undefined],
    ['aws_db_subnet_group', { name: 'acme' }, 'acme'],
    ['aws_db_parameter_group', { name: 'acme' }, 'acme'],
    ['aws_elasticache_replication_group', { replication_group_id: 'acme' }, 'acme'],
    ['aws_elasticache_subnet_group', { name: 'acme' }, 'acme'],
    ['aws_elasticache_parameter_group', { name: 'acme' }, 'acme'],
    ['aws_security_group', { name: 'acme' }, undefined],
    ['terraform_data', { id: 'x' }, undefined],
  ])('%s %j -> %s', (type, values, id) => {
    expect(importId(type, values)).toBe(id);
  });

  test('random values are not importable wherever they are', () => {
    expect(canImport('random_password.db')).toBe(false);
    expect(canImport('module.x["k"].random_id.db')).toBe(false);
    expect(canImport('aws_db_instance.random_name')).toBe(true);
  });
});
