/** What there is to judge: the facts of runs, and plans that were made. */
import type { Queryable } from '../db/db.js';
import { appError } from '../errors/app-error.js';
import type { PlanChange } from '../plan/plan-changes.js';
import type { PlanSummary } from '../plan/plan-summary.js';
import type { PolicyFacts } from './policy-input.js';

const factColumns = `
  json_build_object('run_id', r.run_id, 'kind', r.kind, 'revision', r.revision, 'requested_by', r.requested_by) as run,
  json_build_object('environment_id', e.environment_id, 'name', e.name, 'region', e.region,
    'blueprint', v.blueprint, 'labels', e.labels) as environment,
  json_build_object('tenant_id', t.tenant_id, 'slug', t.slug, 'name', t.name) as tenant,
  json_build_object('account_id', a.account_id, 'provider', a.provider, 'cloud_account_id', a.cloud_account_id) as account,
  v.spec,
  json_build_object('cpu_cores', v.cpu_cores, 'memory_gb', v.memory_gb, 'storage_gb', v.storage_gb, 'gpu', v.gpu) as totals`;
const tablesOfRuns = `runs r join environments e using (environment_id) join tenants t on t.tenant_id = r.tenant_id
  join accounts a on a.account_id = r.account_id
  join revisions v on v.environment_id = r.environment_id and v.number = r.revision`;

/** All that policies are told of a run besides its plan. */
export async function policyFacts(db: Queryable, runId: string): Promise<PolicyFacts> {
  const { rows } = await db.query<PolicyFacts>(
    `select ${factColumns} from ${tablesOfRuns} where r.run_id = $1`,
    [runId],
  );
  if (rows[0] === undefined) throw appError('not_found', `no run ${runId}`);
  return rows[0];
}

/** A stored plan with the facts of its run as they are now. */
export async function planToJudge(
  db: Queryable,
  planId: string,
): Promise<Pick<PastPlan, 'facts' | 'summary' | 'changes'>> {
  const { rows } = await db.query<PastPlan>(
    `select p.summary, p.changes, row_to_json(f) as facts
     from plans p join lateral (select ${factColumns} from ${tablesOfRuns} where r.run_id = p.run_id) f on true
     where p.plan_id = $1`,
    [planId],
  );
  if (rows[0] === undefined) throw appError('not_found', `no plan ${planId}`);
  return rows[0];
}

export interface PastPlan {
  readonly planId: string;
  readonly facts: PolicyFacts;
  readonly summary: PlanSummary;
  readonly changes: readonly PlanChange[];
  readonly createdAt: Date;
}

/** Plans of the tenant, or of all, newest first, one more than asked for; `after` is the plan id last seen. */
export async function pastPlans(
  db: Queryable,
  tenantId: string | null,
  page: { readonly limit: number; readonly after?: string },
): Promise<PastPlan[]> {
  const { rows } = await db.query<PastPlan>(
    `select p.plan_id as "planId", p.summary, p.changes, p.created_at as "createdAt", row_to_json(f) as facts
     from plans p join runs using (run_id) join lateral (select ${factColumns} from ${tablesOfRuns} where r.run_id = p.run_id) f on true
     where ($1::text is null or runs.tenant_id = $1) and ($2::text is null or p.plan_id < $2)
     order by p.plan_id desc limit $3`,
    [tenantId, page.after ?? null, page.limit + 1],
  );
  return rows;
}
