import type { Queryable } from '../db/db.js';
import { appError } from '../errors/app-error.js';
import type { PlanBinding } from './binding.js';
import type { OutputChange, PlanChange } from './plan-changes.js';
import type { PlanView } from '../run/run.js';

/** A saved plan with all that it is bound to; the file and the full JSON are sealed, the rest is masked. */
export interface StoredPlan extends PlanBinding {
  readonly planId: string;
  readonly runId: string;
  readonly environmentId: string;
  readonly planFile: Buffer;
  readonly planJson: Buffer;
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
}

/** Inserts the plan, fenced: false when the worker's lease is gone. */
export async function insertPlan(tx: Queryable, plan: StoredPlan, epoch: number): Promise<boolean> {
  const { rowCount } = await tx.query(
    `insert into plans (plan_id, run_id, environment_id, plan_file, plan_json, cdk_json, changes, summary, text,
       plan_sha256, synth_sha256, lock_sha256, tool_version, revision, cloud_account_id, state_lineage, state_serial,
       drift, outputs, stack_input)
     select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $19, $20, $21
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
    ],
  );
  return rowCount === 1;
}

/** What people may read of a plan. */
export async function getPlanView(db: Queryable, planId: string): Promise<PlanView> {
  const { rows } = await db.query<PlanView>(
    `select plan_id as "planId", run_id as "runId", summary, changes, text, plan_sha256 as "planSha256",
            synth_sha256 as "synthSha256", tool_version as "toolVersion", state_serial as "stateSerial",
            created_at as "createdAt"
     from plans where plan_id = $1`,
    [planId],
  );
  if (rows[0] === undefined) throw appError('not_found', `no plan ${planId}`);
  return rows[0];
}

/** The whole plan, for the worker that applies it. */
export async function getStoredPlan(db: Queryable, planId: string): Promise<StoredPlan> {
  const { rows } = await db.query<StoredPlan>(
    `select plan_id as "planId", run_id as "runId", environment_id as "environmentId", plan_file as "planFile",
            plan_json as "planJson", cdk_json as "cdkJson", changes, summary, text, plan_sha256 as "planSha256",
            synth_sha256 as "synthSha256", lock_sha256 as "lockSha256", tool_version as "toolVersion", revision,
            cloud_account_id as "cloudAccountId", state_lineage as "stateLineage", state_serial as "stateSerial",
            drift, outputs, stack_input as "stackInput"
     from plans where plan_id = $1`,
    [planId],
  );
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

/** The stack that was last planned for an environment: a destroy uses it and never needs old code. */
export async function lastStack(db: Queryable, environmentId: string): Promise<string | null> {
  const { rows } = await db.query<{ cdkJson: string }>(
    `select p.cdk_json as "cdkJson" from plans p join runs r using (run_id)
     where p.environment_id = $1 and r.apply_started order by p.created_at desc limit 1`,
    [environmentId],
  );
  return rows[0]?.cdkJson ?? null;
}
