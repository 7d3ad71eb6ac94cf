import { assertWritten } from '../run/lease-fence.js';
import type { Queryable } from '../db/db.js';
import { appError } from '../errors/app-error.js';
import type { PlanBinding } from './binding.js';
import type { OutputChange, PlanChange } from './plan-changes.js';
import type { PolicyReport } from '../policy/policy.js';
import type { PlanView } from '../run/run.js';

/** A saved plan with all that it is bound to; the file and the full JSON are sealed, the rest is masked. */
export interface StoredPlan extends PlanBinding {
  readonly planId: string;
  readonly runId: string;
  readonly environmentId: string;
  /** Null once the run needs it no more. */
  readonly planFile: Buffer | null;
  readonly planJson: Buffer | null;
  /** The synthesized stack as bytes that hash to `synthSha256`. */
  readonly cdkJson: string;
  readonly changes: readonly PlanChange[];
  /** Changes made outside of Terraform, in the form of `changes`. */
  readonly drift: readonly PlanChange[];
  readonly outputs: readonly OutputChange[];
  /** What the stack was generated from, without the spec. */
  readonly stackInput: Readonly<Record<string, unknown>> | null;
  readonly summary: unknown;
  readonly text: string;
  /** What the policies said of it. @default - none was asked */
  readonly policy?: PolicyReport | null;
}

/** Inserts the plan. Throws `lease_lost` for an old epoch. */
export async function insertPlan(tx: Queryable, plan: StoredPlan, epoch: number): Promise<void> {
  const { rowCount } = await tx.query(
    `insert into plans (plan_id, run_id, environment_id, plan_file, plan_json, cdk_json, changes, summary, text,
       plan_sha256, synth_sha256, lock_sha256, tool_version, revision, cloud_account_id, state_lineage, state_serial,
       drift, outputs, stack_input, policy)
     select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $19, $20, $21, $22
     where exists (select 1 from runs where run_id = $2 and lease_epoch = $18)`,
    [
      plan.planId,
      plan.runId,
      plan.environmentId,
      plan.planFile,
      plan.planJson,
      plan.cdkJson,
      JSON.stringify(plan.changes),
      JSON.stringify(plan.summary),
      plan.text,
      plan.planSha256,
      plan.synthSha256,
      plan.lockSha256,
      plan.toolVersion,
      plan.revision,
      plan.cloudAccountId,
      plan.stateLineage,
      plan.stateSerial,
      epoch,
      JSON.stringify(plan.drift),
      JSON.stringify(plan.outputs),
      plan.stackInput,
      plan.policy ?? null,
    ],
  );
  assertWritten(plan, rowCount);
}

/** Which of the changes to read: `from` is the place of the first, the riskiest being 0. */
export interface ChangeRange {
  readonly from: number;
  readonly count: number;
}

/** What people may read of a plan: the summary, a range of its changes, and the rendering of Terraform where it is asked for. */
export async function getPlanView(
  db: Queryable,
  planId: string,
  { from, count, text = false }: ChangeRange & { readonly text?: boolean },
): Promise<PlanView> {
  const { rows } = await db.query<PlanView>(
    `select plan_id as "planId", run_id as "runId", summary, jsonb_array_length(changes) as "changesTotal",
            case when $3::int = 0 then '[]'::jsonb
              else jsonb_path_query_array(changes, ('$[' || $2::int || ' to ' || ($2::int + $3::int - 1) || ']')::jsonpath)
            end as changes,
            case when $3::int = 0 then '[]'::jsonb else drift end as drift,
            case when $3::int = 0 then '[]'::jsonb else outputs end as outputs,
            case when $4 then text else '' end as text, plan_sha256 as "planSha256",
            synth_sha256 as "synthSha256", tool_version as "toolVersion", state_serial as "stateSerial",
            created_at as "createdAt", policy
     from plans where plan_id = $1`,
    [planId, from, count, text],
  );
  if (rows[0] === undefined) throw appError('not_found', `no plan ${planId}`);
  return rows[0];
}

/** What a plan has to fit, as it is now, and how old the plan is. States in a customer's bucket are the worker's to read. */
export interface PlanNow extends Pick<
  PlanBinding,
  'revision' | 'cloudAccountId' | 'stateLineage' | 'stateSerial'
> {
  readonly ageSeconds: number;
}

export async function planNow(db: Queryable, planId: string): Promise<PlanNow> {
  const { rows } = await db.query<PlanNow>(
    `select e.revision, a.cloud_account_id as "cloudAccountId",
            case when a.state ->> 'kind' = 'managed' then s.lineage else p.state_lineage end as "stateLineage",
            case when a.state ->> 'kind' = 'managed' then s.serial else p.state_serial end as "stateSerial",
            extract(epoch from clock_timestamp() - p.created_at)::float8 as "ageSeconds"
     from plans p join environments e using (environment_id) join accounts a using (account_id)
       left join lateral (select lineage, serial from state_versions v where v.environment_id = p.environment_id
                          order by serial desc limit 1) s on true
     where p.plan_id = $1`,
    [planId],
  );
  if (rows[0] === undefined) throw appError('not_found', `no plan ${planId}`);
  return rows[0];
}

/** Plans that wait for a review and should not wait longer. */
export interface PlanOverdue {
  readonly runId: string;
  readonly planId: string;
  readonly reason: 'too_old' | 'state_moved' | 'newer_revision';
}

export async function overduePlans(db: Queryable, maxAgeSeconds: number): Promise<PlanOverdue[]> {
  const { rows } = await db.query<PlanOverdue>(
    `select * from (
       select r.run_id as "runId", p.plan_id as "planId", case
         when p.created_at < now() - make_interval(secs => $1) then 'too_old'
         when a.state ->> 'kind' = 'managed' and p.state_serial is distinct from (select max(v.serial) from state_versions v
                                               where v.environment_id = p.environment_id) then 'state_moved'
         when r.revision <> e.revision then 'newer_revision' end as reason
       from runs r join plans p on p.plan_id = r.plan_id join environments e on e.environment_id = r.environment_id
         join accounts a on a.account_id = r.account_id
       where r.finished_at is null and r.status = 'awaiting_review') waiting
     where reason is not null order by "runId" limit 500`,
    [maxAgeSeconds],
  );
  return rows;
}

/**
 * Forgets plan files of finished runs. The full JSON of a run that did not end well stays until a later run of the environment
 * did: what it started is looked for by it. Returns how many plans lost something.
 */
export async function dropArtifacts(db: Queryable): Promise<number> {
  const { rowCount } = await db.query(
    `with done as (
       select p.plan_id, not r.apply_started or r.status in ('succeeded', 'rolled_back') or exists (
         select 1 from runs later where later.environment_id = r.environment_id and later.run_id > r.run_id
           and later.kind <> 'drift_check' and later.status in ('succeeded', 'rolled_back', 'no_changes')) as settled
       from plans p join runs r using (run_id)
       where r.finished_at is not null and (p.plan_file is not null or p.plan_json is not null))
     update plans p set plan_file = null, plan_json = case when done.settled then null else p.plan_json end
     from done where p.plan_id = done.plan_id and (p.plan_file is not null or done.settled)`,
  );
  return rowCount ?? 0;
}

/** The counts and the risk alone. */
export async function getPlanSummary(db: Queryable, planId: string): Promise<unknown> {
  const { rows } = await db.query<{ summary: unknown }>(`select summary from plans where plan_id = $1`, [
    planId,
  ]);
  return rows[0]?.summary ?? null;
}

/** As much of a plan as is checked before it is applied. */
export type BoundPlan = PlanBinding & Pick<StoredPlan, 'planId' | 'planFile' | 'cdkJson'>;

const boundColumns = `plan_id as "planId", plan_file as "planFile", cdk_json as "cdkJson", plan_sha256 as "planSha256",
  synth_sha256 as "synthSha256", lock_sha256 as "lockSha256", tool_version as "toolVersion", revision,
  cloud_account_id as "cloudAccountId", state_lineage as "stateLineage", state_serial as "stateSerial"`;

export async function getBoundPlan(db: Queryable, planId: string): Promise<BoundPlan> {
  return onePlan<BoundPlan>(db, planId, boundColumns);
}

/** The whole plan, for the worker that applies it. */
export async function getStoredPlan(db: Queryable, planId: string): Promise<StoredPlan> {
  const rest = `run_id as "runId", environment_id as "environmentId", plan_json as "planJson", changes, summary, text,
    drift, outputs, stack_input as "stackInput"`;
  return onePlan<StoredPlan>(db, planId, `${boundColumns}, ${rest}`);
}

async function onePlan<P extends BoundPlan>(db: Queryable, planId: string, columns: string): Promise<P> {
  const { rows } = await db.query<P>(`select ${columns} from plans where plan_id = $1`, [planId]);
  if (rows[0] === undefined) throw appError('not_found', `no plan ${planId}`);
  return rows[0];
}

export interface AppliedPlan {
  readonly stack: string;
  /** Without the spec; empty where it was not kept. */
  readonly stackInput: Readonly<Record<string, unknown>>;
  readonly spec: Record<string, unknown>;
}

/** What an environment was made from before a run: the plan whose apply began last, and the last that succeeded when it is another. */
export async function appliedPlans(
  db: Queryable,
  { environmentId, before }: { readonly environmentId: string; readonly before: string },
): Promise<AppliedPlan[]> {
  const { rows } = await db.query<AppliedPlan>(
    `with applied as (
       select p.plan_id, p.created_at, r.status from plans p join runs r on r.plan_id = p.plan_id
       where p.environment_id = $1 and r.run_id <> $2 and r.apply_started and r.kind <> 'destroy'),
     chosen as (
       (select plan_id, created_at from applied order by created_at desc limit 1)
       union
       (select plan_id, created_at from applied where status = 'succeeded' order by created_at desc limit 1))
     select p.cdk_json as stack, coalesce(p.stack_input, '{}') as "stackInput", v.spec
     from chosen c join plans p using (plan_id)
       join revisions v on v.environment_id = p.environment_id and v.number = p.revision
     order by c.created_at desc`,
    [environmentId, before],
  );
  return rows;
}

/** The stack that a revision was last applied with. */
export async function appliedStack(
  db: Queryable,
  environmentId: string,
  revision: number,
): Promise<string | null> {
  const { rows } = await db.query<{ cdkJson: string }>(
    `select p.cdk_json as "cdkJson" from runs r join plans p on p.plan_id = r.plan_id
     where r.environment_id = $1 and r.revision = $2 and r.status in ('succeeded', 'no_changes')
       and r.kind in ('create', 'update', 'rollback')
     order by r.run_id desc limit 1`,
    [environmentId, revision],
  );
  return rows[0]?.cdkJson ?? null;
}

/** The stack that was last planned for an environment: a destroy uses it and never needs old code. */
export async function lastStack(db: Queryable, environmentId: string): Promise<string | null> {
  const { rows } = await db.query<{ cdkJson: string }>(
    `select p.cdk_json as "cdkJson" from plans p join runs r using (run_id)
     where p.environment_id = $1 and r.apply_started order by p.created_at desc limit 1`,
    [environmentId],
  );
  return rows[0]?.cdkJson ?? null;
}
