import { createMasker } from './mask.js';
import { outputChange, resourceChange, type OutputChange, type PlanChange } from './plan-changes.js';
import { parsePlan } from './plan-json.js';

/** A plan in numbers, and how careful its reader has to be. Members are those of the API. */
export interface PlanSummary {
  readonly create: number;
  readonly update: number;
  readonly replace: number;
  readonly delete: number;
  /** Objects taken into the state; they are also counted under what the plan changes about them. */
  readonly import: number;
  readonly read: number;
  /** Taken out of the state without a change to the object. */
  readonly forget: number;
  readonly no_op: number;
  readonly output_changes: number;
  /** Objects that were changed outside of Terraform since the last apply. */
  readonly drift: number;
  /** True when anything is deleted or replaced. */
  readonly destructive: boolean;
  /** `high`: something that holds data, or access to it, is deleted or replaced. */
  readonly risk: 'none' | 'low' | 'high';
  /** What is deleted or replaced, one sentence each. */
  readonly reasons: readonly string[];
}

export interface PlanDigest {
  readonly summary: PlanSummary;
  /** Without what stays as it is. */
  readonly changes: readonly PlanChange[];
  readonly outputs: readonly OutputChange[];
  /** Addresses of the objects counted under `drift`. */
  readonly drifted: readonly string[];
}

/** Types whose objects hold data that a deletion loses. A Helm release may run a database; a namespace holds volumes. */
const stateful =
  /^(aws_(db_instance|rds_cluster|elasticache_replication_group|elasticache_cluster|s3_bucket|dynamodb_table|efs_file_system|ebs_volume|kms_key)|kubernetes_(namespace|persistent_volume|persistent_volume_claim|stateful_set)(_v1)?|helm_release)$/;

const mostReasons = 50;

/** A reader's view of `terraform show -json`: sensitive values masked, unknown ones named. Pure; throws ZodError. */
export function summarizePlan(json: unknown): PlanDigest {
  const plan = parsePlan(json);
  const masker = createMasker(plan);
  const all = plan.resource_changes.map((change) => resourceChange(change, masker));
  const outputs = Object.entries(plan.output_changes)
    .map(([name, change]) => outputChange(name, change, masker))
    .filter(({ action }) => action !== 'no_op');
  const drifted = plan.resource_drift.map(({ address }) => address);
  return {
    summary: {
      ...countActions(all),
      output_changes: outputs.length,
      drift: drifted.length,
      ...judge(all, outputs.length),
    },
    changes: all.filter(({ action }) => action !== 'no_op'),
    outputs,
    drifted,
  };
}

function countActions(changes: readonly PlanChange[]) {
  const count = (action: PlanChange['action']): number =>
    changes.filter((change) => change.action === action).length;
  return {
    create: count('create'),
    update: count('update'),
    replace: count('replace'),
    delete: count('delete'),
    import: changes.filter((change) => change.import_id !== null).length,
    read: count('read'),
    forget: count('forget'),
    no_op: count('no_op'),
  };
}

function judge(
  changes: readonly PlanChange[],
  outputs: number,
): Pick<PlanSummary, 'destructive' | 'risk' | 'reasons'> {
  const destroyed = changes.filter(({ action }) => action === 'delete' || action === 'replace');
  const lossy = destroyed.filter((change) => stateful.test(change.resource_type));
  const quiet = changes.every(({ action }) => action === 'no_op' || action === 'read') && outputs === 0;
  const ordered = [...lossy, ...destroyed.filter((change) => !lossy.includes(change))];
  const reasons = ordered.slice(0, mostReasons).map((change) => reasonOf(change, lossy.includes(change)));
  if (ordered.length > mostReasons) reasons.push(`and ${ordered.length - mostReasons} more`);
  return {
    destructive: destroyed.length > 0,
    risk: lossy.length > 0 ? 'high' : quiet ? 'none' : 'low',
    reasons,
  };
}

function reasonOf(change: PlanChange, holdsData: boolean): string {
  const because = change.replace_paths.length > 0 ? ` because of ${change.replace_paths.join(', ')}` : '';
  const what = change.action === 'replace' ? `is deleted and made anew${because}` : 'is deleted';
  return `${change.address} ${what}${holdsData ? '; the data in it is lost' : ''}`;
}
