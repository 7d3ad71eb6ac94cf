/** Rules about what guards data: encryption, room, backups, protection from deletion. Pure. */
import { quantityValue } from '../spec/quantity.js';
import { isChanged, isUnknown, list, turned, valueAt, type RiskFacts, type RiskRule } from './risk-rule.js';

const every = /./;
const encryptionFlags = [
  'storage_encrypted',
  'encrypted',
  'at_rest_encryption_enabled',
  'transit_encryption_enabled',
];
const storagePaths = [
  'allocated_storage',
  'max_allocated_storage',
  'size',
  'spec.0.resources.0.requests.storage',
  'spec.0.capacity.storage',
];
const retentionPaths = [
  'backup_retention_period',
  'snapshot_retention_limit',
  'recovery_window_in_days',
  'deletion_window_in_days',
  'retention_in_days',
];
const protectionFlags = [
  'deletion_protection',
  'termination_protection',
  'disable_api_termination',
  'deletion_protection_enabled',
];

const numberOf = (value: unknown): number | undefined =>
  typeof value === 'number' ? value : typeof value === 'string' ? quantityValue(value) : undefined;

/** The first path whose number is known to be smaller than before. */
function shrunk(facts: RiskFacts, paths: readonly string[]): string | undefined {
  if (!isChanged(facts)) return undefined;
  return paths.find((path) => {
    const [before, after] = [facts.before, facts.after].map((tree) => numberOf(valueAt(tree, path)));
    if (before === undefined || isUnknown(facts, path)) return false;
    return after === undefined ? before > 0 && valueAt(facts.after, path) === null : after < before;
  });
}

/** The path and its numbers, which are no secrets: `allocated_storage from 40 to 20`. */
const fromTo = ({ before, after }: RiskFacts, path: string): string =>
  `${path} from ${String(valueAt(before, path))} to ${String(valueAt(after, path) ?? 'none')}`;

export const protectionRules: readonly RiskRule[] = [
  {
    code: 'encryption_lost',
    risk: 'critical',
    types: every,
    about: 'encryption at rest or in transit is switched off',
    finds: (facts) => {
      const flag = turned(facts, true, encryptionFlags);
      if (flag !== undefined) return `is not encrypted any more (${flag})`;
      if (
        facts.type === 'aws_elasticache_replication_group' &&
        turned(facts, 'true', encryptionFlags) !== undefined
      )
        return 'is not encrypted any more (at_rest_encryption_enabled)';
      if (facts.type === 'aws_s3_bucket_server_side_encryption_configuration' && facts.action === 'delete')
        return facts.ending ? undefined : 'is deleted; the bucket loses its encryption key';
      return undefined;
    },
  },
  {
    code: 'encryption_weakened',
    risk: 'high',
    types: every,
    about:
      'a key of the customer is not used any more, a key is rotated no more, an ingress goes without TLS',
    finds: (facts) => {
      if (turned(facts, true, ['enable_key_rotation']) !== undefined) return 'rotates its key no more';
      if (
        isChanged(facts) &&
        typeof valueAt(facts.before, 'kms_key_id') === 'string' &&
        valueAt(facts.before, 'kms_key_id') !== '' &&
        (valueAt(facts.after, 'kms_key_id') ?? '') === '' &&
        !isUnknown(facts, 'kms_key_id')
      )
        return 'does without the key it had (kms_key_id)';
      const tls = ({ before, after }: RiskFacts) =>
        list(valueAt(before, 'spec.0.tls')).length > 0 && list(valueAt(after, 'spec.0.tls')).length === 0;
      return /^kubernetes_ingress/.test(facts.type) && isChanged(facts) && tls(facts)
        ? 'goes without TLS'
        : undefined;
    },
  },
  {
    code: 'storage_shrunk',
    risk: 'high',
    types: /^(aws_(db_instance|rds_cluster|ebs_volume)|kubernetes_persistent_volume(_claim)?(_v1)?)$/,
    about: 'storage gets smaller',
    finds: (facts) => {
      const path = shrunk(facts, storagePaths);
      return path === undefined ? undefined : `gets less storage: ${fromTo(facts, path)}`;
    },
  },
  {
    code: 'backups_shrunk',
    risk: 'high',
    types: every,
    about:
      'backups or snapshots are kept for fewer days, versions are kept no more, a backup job is deleted or suspended',
    finds: (facts) => {
      const path = shrunk(facts, facts.type === 'aws_cloudwatch_log_group' ? [] : retentionPaths);
      if (path !== undefined) return `keeps less to go back to: ${fromTo(facts, path)}`;
      if (turned(facts, 'Enabled', ['versioning_configuration.0.status']) !== undefined)
        return 'keeps no versions any more';
      if (!/^kubernetes_cron_job/.test(facts.type) || !/backup/.test(facts.address)) return undefined;
      if (facts.action === 'delete')
        return facts.ending ? undefined : 'is deleted; no more backups are taken';
      return turned(facts, false, ['spec.0.suspend']) === undefined
        ? undefined
        : 'is suspended; no more backups are taken';
    },
  },
  {
    code: 'protection_removed',
    risk: 'high',
    types: every,
    about: 'protection from deletion is switched off, or a bucket may be deleted with what is in it',
    finds: (facts) => {
      const flag = turned(facts, true, protectionFlags);
      if (flag !== undefined) return `can be deleted from now on (${flag})`;
      return facts.type === 'aws_s3_bucket' &&
        isChanged(facts) &&
        valueAt(facts.after, 'force_destroy') === true &&
        valueAt(facts.before, 'force_destroy') !== true
        ? 'can be deleted with all that is in it (force_destroy)'
        : undefined;
    },
  },
  {
    code: 'final_snapshot_skipped',
    risk: 'high',
    types: /^aws_(db_instance|rds_cluster|redshift_cluster|docdb_cluster|neptune_cluster)$/,
    about: 'no snapshot will be taken at the deletion of a database',
    finds: (facts) =>
      turned(facts, false, ['skip_final_snapshot']) === undefined
        ? undefined
        : 'leaves no snapshot when it is deleted',
  },
];
