/** What a plan has to answer to before anybody reviews it: the policies in force, and the tenant's quota of cost. */
import { othersCost } from '../src/cost/cost-store.js';
import type { Queryable } from '../src/db/db.js';
import { appError } from '../src/errors/app-error.js';
import type { PlanSummary } from '../src/plan/plan-summary.js';
import { judgePolicies } from '../src/policy/judge.js';
import { policyFacts } from '../src/policy/judged-store.js';
import { inputOf } from '../src/policy/policy-input.js';
import { policiesInForce } from '../src/policy/policy-store.js';
import { reportOf, saidBy, type PolicyReport } from '../src/policy/policy.js';
import { getQuota } from '../src/tenant/quota-store.js';
import type { WorkerDeps } from './deps.js';
import type { Planned } from './plan-steps.js';
import type { RunContext } from './run-context.js';

/** The plan with what the policies say of it. Without a policy in force nothing is started. */
export async function judgePlan(
  deps: WorkerDeps,
  { run, say }: Pick<RunContext, 'run' | 'say'>,
  planned: Planned,
): Promise<Planned> {
  const policies = await policiesInForce(deps.db, run.tenantId);
  if (policies.length === 0) return planned;
  const { changes } = planned.plan;
  const facts = await policyFacts(deps.db, run.runId);
  const document = inputOf({ facts, summary: planned.summary, changes, now: new Date() });
  const report = reportOf(await judgePolicies(policies, document));
  for (const { name, version, outcome, message } of report.results)
    say(`policy ${name} (version ${version}): ${outcome}${message === null ? '' : `: ${message}`}`);
  const summary: PlanSummary = { ...planned.summary, policy: inOneWord(report) };
  return { ...planned, summary, plan: { ...planned.plan, summary, policy: report } };
}

function inOneWord(report: PolicyReport): NonNullable<PlanSummary['policy']> {
  const { verdict } = report;
  return { verdict, text: verdict === 'pass' ? null : saidBy(report, verdict) };
}

/**
 * Holds a plan that makes an environment dearer against the tenant's `monthly_cost`; the plans of a tenant are counted one after
 * the other, from here to the commit. Throws `tenant_quota_exceeded`. What has no price is not counted.
 */
export async function assertWithinCost(
  tx: Queryable,
  { run }: Pick<RunContext, 'run'>,
  summary: PlanSummary,
): Promise<void> {
  const { cost } = summary;
  if (cost === undefined || cost.delta <= 0) return;
  const { monthlyCost: limit } = await getQuota(tx, run.tenantId);
  if (limit === null) return;
  const others = await othersCost(tx, run);
  const whole = Math.round((others + cost.after) * 100) / 100;
  if (whole <= limit) return;
  throw appError(
    'tenant_quota_exceeded',
    `tenant ${run.tenantId} would cost ${whole} ${cost.currency} a month of ${limit}, ${cost.delta} more than now: ask for less, destroy an environment, or have the quota raised`,
  );
}
