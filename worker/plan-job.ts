import { appError } from '../src/errors/app-error.js';
import { insertPlan, type StoredPlan } from '../src/plan/plan-store.js';
import { carriedApprovals, carryOver } from '../src/review/carry.js';
import { readReviewFacts } from '../src/review/review-facts.js';
import { factsOf, whyReviewed } from '../src/review/review-rules.js';
import { getEnvironment } from '../src/environment/environment-store.js';
import { summaryText } from '../src/plan/summary-text.js';
import type { WorkerDeps } from './deps.js';
import { assertWithinCost, judgePlan } from './judge-plan.js';
import { makePlan, withTools, type Planned } from './plan-steps.js';
import { retrying } from './retrying.js';
import type { RunContext } from './run-context.js';
import { recordError } from './settle-failure.js';
import { inspect } from './verify.js';

/** queued -> planning -> no_changes | awaiting_review | approved | failed, when a policy denies. The worker ends here; days may pass. */
export async function planRun(deps: WorkerDeps, ctx: RunContext): Promise<void> {
  const destroy = ctx.run.kind === 'destroy';
  const work = () => withTools(deps, ctx, (opened) => makePlan(deps, ctx, { ...opened, destroy }));
  const planned = await retrying(deps, ctx, { step: 'plan', work });
  if (!planned.hasChanges) return ctx.step('save_plan', () => savePlan(deps, ctx, planned));
  const judged = await ctx.step('policies', () => judgePlan(deps, ctx, planned));
  await ctx.step('save_plan', () => savePlan(deps, ctx, judged));
}

async function savePlan(
  deps: WorkerDeps,
  ctx: RunContext,
  { plan, summary, hasChanges }: Planned,
): Promise<void> {
  const { planId } = plan;
  const data = { plan_id: planId, summary };
  const store = (tx: Parameters<typeof insertPlan>[0]) => insertPlan(tx, plan, ctx.lease.epoch);
  const message = `plan ${planId}: ${summaryText(summary)}`;
  if (!hasChanges) {
    const leaves = await inspect(deps, ctx);
    await ctx.move({ to: 'no_changes', message, planId, data, leaves }, store);
    return;
  }
  if (summary.policy?.verdict === 'deny') {
    const denied = appError('policy_denied', summary.policy.text ?? 'a policy denies the plan');
    const error = { ...recordError(denied), step: 'policies' };
    await ctx.move(
      { to: 'failed', message: `the run failed: ${denied.message}`, planId, data, error },
      store,
    );
    return;
  }
  const { why, approvals } = await judge(deps, ctx, plan);
  const to = why === null ? 'approved' : 'awaiting_review';
  await ctx.move({ to, message, planId, data: { ...data, why } }, async (tx) => {
    await assertWithinCost(tx, ctx, summary);
    await store(tx);
    await carryOver(tx, ctx.run, { planId, approvals });
  });
}

/** Why a person has to look, and the approvals of the plan before that hold for this one; enough of them, and nobody has to. */
async function judge(deps: WorkerDeps, { run }: RunContext, plan: StoredPlan) {
  const environment = await getEnvironment(deps.db, run.tenantId, run.environmentId);
  const { rule, authors } = await readReviewFacts(deps.db, { run, environment, summary: plan.summary });
  const { review, kind } = run;
  const asked = whyReviewed({ rule, review, kind, facts: factsOf(plan.summary) });
  const { approvals, grown } = await carriedApprovals(deps.db, run, { plan, rule, authors });
  if (asked === null || approvals.length >= rule.settings.approvals) return { why: null, approvals };
  const lost = `approvals of the plan before do not hold: this one asks for more: ${grown.join(', ')}`;
  return { why: grown.length > 0 ? lost : asked, approvals };
}
