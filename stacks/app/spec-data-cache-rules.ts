import type { SpecRule } from '../../src/spec/spec-rule.js';
import type { AppSpecV1 } from './spec.js';

export const cacheRules: readonly SpecRule<AppSpecV1>[] = [
  {
    path: 'cache.replicas',
    when: ({ cache }) => cache.replicas > 0 && cache.mode !== 'elasticache',
    message: 'replicas need cache.mode "elasticache"',
  },
  {
    path: 'cache.replicas',
    when: ({ cache }) => cache.replicas > 0 && cache.deployment === 'serverless',
    message: 'replicas need cache.deployment "replication_group"; a serverless cache has them by itself',
  },
  {
    path: 'cache.deployment',
    when: ({ cache }) => cache.deployment === 'serverless' && cache.mode !== 'elasticache',
    message: 'deployment "serverless" needs cache.mode "elasticache"',
  },
  {
    path: 'cache.resources',
    when: ({ cache }) => cache.resources !== undefined && cache.mode !== 'in_cluster',
    message: 'resources needs cache.mode "in_cluster"',
  },
  {
    path: 'cache.instance',
    when: ({ cache }) =>
      cache.instance !== undefined && (cache.mode !== 'elasticache' || cache.deployment === 'serverless'),
    message: 'instance needs cache.mode "elasticache" and cache.deployment "replication_group"',
  },
  {
    path: 'cache.snapshot_days',
    when: ({ cache }) => cache.snapshot_days > 0 && cache.mode !== 'elasticache',
    message: 'snapshot_days needs cache.mode "elasticache"',
  },
  {
    path: 'cache.kms_key_arn',
    when: ({ cache }) => cache.kms_key_arn !== undefined && cache.mode !== 'elasticache',
    message: 'kms_key_arn needs cache.mode "elasticache"',
  },
  {
    path: 'cache.shared_server',
    when: ({ cache }) => cache.shared_server !== undefined && cache.mode !== 'shared_namespace',
    message: 'shared_server needs cache.mode "shared_namespace"',
  },
  {
    path: 'cache.shared_server',
    when: ({ cache }) => cache.mode === 'shared_namespace' && cache.shared_server === undefined,
    message: 'is required when cache.mode is "shared_namespace"',
  },
  {
    path: 'cache.shared_server',
    when: ({ cache: { shared_server: server } }) =>
      server !== undefined && (server.cidr === undefined) === (server.namespace === undefined),
    message: 'takes namespace or cidr, one of the two',
  },
];
