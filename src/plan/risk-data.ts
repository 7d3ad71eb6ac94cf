/** Rules about things whose deletion loses data. Pure. */
import { isLost, valueAt, type RiskFacts, type RiskRule } from './risk-rule.js';

/** `is deleted`, or `is deleted and made anew because of <attributes>`, and what that means. */
function lost(consequence: string): RiskRule['finds'] {
  return (facts) => (isLost(facts) ? `${goes(facts)}; ${consequence}` : undefined);
}

/** How it goes. */
export function goes({ action, replacePaths }: Pick<RiskFacts, 'action' | 'replacePaths'>): string {
  const because = replacePaths.length > 0 ? ` because of ${replacePaths.join(', ')}` : '';
  return action === 'replace' ? `is deleted and made anew${because}` : 'is deleted';
}

const keepsSnapshots = ({ before }: RiskFacts): boolean =>
  Number(valueAt(before, 'snapshot_retention_limit') ?? 0) > 0;

export const dataRules: readonly RiskRule[] = [
  {
    code: 'database_lost',
    risk: 'critical',
    types:
      /^(aws_(db_instance|rds_cluster|docdb_cluster|neptune_cluster|redshift_cluster|dynamodb_table|opensearch_domain|memorydb_cluster)|postgresql_(database|schema))$/,
    about: 'a database, or a database or schema in one, is deleted or replaced',
    finds: (facts) =>
      isLost(facts)
        ? `${goes(facts)}; the data in it is lost${valueAt(facts.before, 'skip_final_snapshot') === true ? ', and no final snapshot is taken' : ''}`
        : undefined,
  },
  {
    code: 'volume_lost',
    risk: 'critical',
    types:
      /^(aws_(ebs_volume|efs_file_system|fsx_\w+_file_system)|kubernetes_persistent_volume(_claim)?(_v1)?|docker_volume)$/,
    about: 'a volume or a claim for one is deleted or replaced',
    finds: lost('the data in it is lost'),
  },
  {
    code: 'bucket_lost',
    risk: 'critical',
    types: /^aws_s3_bucket$/,
    about: 'a bucket is deleted or replaced',
    finds: lost('the objects in it are lost'),
  },
  {
    code: 'namespace_lost',
    risk: 'critical',
    types: /^kubernetes_namespace(_v1)?$/,
    about: 'a namespace is deleted or replaced',
    finds: lost('everything in it goes, volumes too'),
  },
  {
    code: 'key_lost',
    risk: 'critical',
    types: /^aws_kms_key$/,
    about: 'an encryption key is deleted or replaced',
    finds: lost('what it encrypted cannot be read any more'),
  },
  {
    code: 'dns_zone_lost',
    risk: 'critical',
    types: /^aws_route53_zone$/,
    about: 'a DNS zone is deleted or replaced',
    finds: lost('its names stop resolving'),
  },
  {
    code: 'persistent_cache_lost',
    risk: 'critical',
    types: /^aws_elasticache_(replication_group|cluster|serverless_cache)$/,
    about: 'a cache that keeps snapshots is deleted or replaced',
    finds: (facts) => (keepsSnapshots(facts) ? lost('the data in it is lost')(facts) : undefined),
  },
  {
    code: 'cache_lost',
    risk: 'high',
    types: /^aws_elasticache_(replication_group|cluster|serverless_cache)$/,
    about: 'a cache without snapshots is deleted or replaced',
    finds: (facts) => (keepsSnapshots(facts) ? undefined : lost('what it holds is lost')(facts)),
  },
  {
    code: 'secret_lost',
    risk: 'high',
    types: /^(aws_secretsmanager_secret|kubernetes_secret(_v1)?|random_password)$/,
    about: 'a secret is deleted or replaced',
    finds: lost('what uses it has to get another'),
  },
  {
    code: 'release_lost',
    risk: 'high',
    types: /^(helm_release|kubernetes_stateful_set(_v1)?)$/,
    about: 'a Helm release or a StatefulSet, which may run a database, is deleted or replaced',
    finds: lost('it may hold data'),
  },
  {
    code: 'cluster_lost',
    risk: 'critical',
    types: /^aws_eks_cluster$/,
    about: 'a cluster is deleted or replaced',
    finds: lost('everything that runs in it goes'),
  },
];
