import { sha256 } from '../src/lib/hash.js';
import { bindingMismatches } from '../src/plan/binding.js';
import { getStoredPlan, type StoredPlan } from '../src/plan/plan-store.js';
import { applySaved } from './apply-saved.js';
import type { WorkerDeps } from './deps.js';
import { withTools, type Opened } from './plan-steps.js';
import { rollBack } from './roll-back.js';
import type { RunContext } from './run-context.js';
import { verifyRun } from './verify.js';

/** approved -> applying -> verifying -> succeeded. Applies exactly the saved plan, or says why it is stale. */
export async function applyRun(deps: WorkerDeps, ctx: RunContext): Promise<void> {
  try {
    const plan = await ctx.step('load_plan', () => getStoredPlan(deps.db, ctx.run.planId!));
    const planned = { json: plan.cdkJson, sha256: sha256(plan.cdkJson) };
    const apply = async (opened: Opened) => {
      const planFile = deps.keyring.decrypt(plan.planFile, `plan:${plan.planId}`);
      const differences = await ctx.step('check_binding', () =>
        differ(deps, ctx, { ...opened, plan, planFile }),
      );
      if (differences.length > 0) return markStale(ctx, plan, differences);
      await applySaved(deps, ctx, { tools: opened.tools, planFile });
      return true;
    };
    const applied = await withTools(deps, ctx, apply, planned);
    if (applied) await verifyRun(deps, ctx);
  } catch (error) {
    if (!(await rollBack(deps, ctx, error))) throw error;
  }
}

/** Compares the facts a plan is bound to with what they are now. */
async function differ(
  deps: WorkerDeps,
  ctx: RunContext,
  bound: Opened & { plan: StoredPlan; planFile: Buffer },
): Promise<string[]> {
  const state = await bound.tools.states.read();
  return bindingMismatches(bound.plan, {
    planSha256: sha256(bound.planFile),
    synthSha256: bound.stack.sha256,
    lockSha256: bound.tools.lockSha256,
    toolVersion: deps.tool.version,
    revision: ctx.run.revision,
    cloudAccountId: bound.loaded.account.cloudAccountId,
    stateLineage: state?.lineage ?? null,
    stateSerial: state?.serial ?? null,
  });
}

async function markStale(ctx: RunContext, plan: StoredPlan, differences: string[]): Promise<false> {
  const message = `plan ${plan.planId} is stale: changed since it was made: ${differences.join(', ')}; request a new run`;
  const error = { code: 'plan_stale', message, blame: 'caller', retryable: true, step: 'check_binding' };
  await ctx.move({ to: 'stale', message, error, data: { plan_id: plan.planId, differences } });
  return false;
}
