import { appError, toAppError } from '../src/errors/app-error.js';
import { sha256 } from '../src/lib/hash.js';
import { openPlanFile, openPlanJson } from '../src/plan/artifact.js';
import { bindingMismatches } from '../src/plan/binding.js';
import { planSecrets } from '../src/plan/mask.js';
import { getBoundPlan, getStoredPlan, planNow, type BoundPlan } from '../src/plan/plan-store.js';
import { staleText } from '../src/review/plan-check.js';
import { getRun } from '../src/run/run-store.js';
import { applySaved } from './apply-saved.js';
import type { WorkerDeps } from './deps.js';
import { assertStillAllowed } from './judge-again.js';
import { namingHolders } from './held.js';
import { withTools, type Opened } from './plan-steps.js';
import { adoptingClashes, applyAgain } from './recover-job.js';
import { retrying } from './retrying.js';
import { rollBack } from './roll-back.js';
import type { RunContext } from './run-context.js';
import { recordError } from './settle-failure.js';
import { verifyRun } from './verify.js';

/**
 * approved -> applying -> verifying -> succeeded. Applies exactly the saved plan, if the policies of now let it pass, or ends
 * stale and says why. What the plan
 * is bound to is compared twice: before terraform starts, and when it holds the lock of the state.
 */
export async function applyRun(deps: WorkerDeps, ctx: RunContext): Promise<void> {
  try {
    await retrying(deps, ctx, { step: 'apply', work: () => applyOrGoOn(deps, ctx) });
    await verifyRun(deps, ctx);
  } catch (error) {
    if (await endStale(deps, ctx, error)) return;
    if (await rollBack(deps, ctx, error)) return;
    throw ctx.run.kind === 'destroy' ? await namingHolders(deps, ctx, error) : error;
  }
}

/** Once anything may have been changed, the plan file is of no use: the rest of it is planned and applied. */
async function applyOrGoOn(deps: WorkerDeps, ctx: RunContext): Promise<void> {
  const { applyStarted } = await getRun(deps.db, null, ctx.run.runId);
  return applyStarted ? applyAgain(deps, ctx, 'the failed attempt') : applyPlanned(deps, ctx);
}

async function applyPlanned(deps: WorkerDeps, ctx: RunContext): Promise<void> {
  const planId = ctx.run.planId ?? '';
  const plan = await ctx.step('load_plan', () => getStoredPlan(deps.db, planId));
  await ctx.step('open_plan', async () => {
    openPlanFile(deps.keyring, plan);
    for (const secret of planSecrets(openPlanJson(deps.keyring, plan))) ctx.redactor.add(secret);
  });
  await ctx.step('policies', () => assertStillAllowed(deps, ctx));
  const apply = async (opened: Opened) => {
    const check = async () => assertBound(deps, ctx, { opened, plan: await getBoundPlan(deps.db, planId) });
    const planFile = await ctx.step('check_binding', check);
    const apply = () => applySaved(deps, ctx, { tools: opened.tools, planFile, check });
    await adoptingClashes(deps, ctx, { opened, apply });
  };
  await withTools(deps, ctx, apply, { json: plan.cdkJson, sha256: sha256(plan.cdkJson) });
}

/** The plan file, if all that the plan is bound to is still so. Throws `plan_stale` or `artifact_corrupt`. */
async function assertBound(
  deps: WorkerDeps,
  ctx: RunContext,
  { opened, plan }: { opened: Opened; plan: BoundPlan },
): Promise<Buffer> {
  const planFile = openPlanFile(deps.keyring, plan);
  const now = await planNow(deps.db, plan.planId);
  const state = await opened.tools.states.read();
  const differences = bindingMismatches(plan, {
    planSha256: sha256(planFile),
    synthSha256: opened.stack.sha256,
    lockSha256: opened.tools.lockSha256,
    toolVersion: deps.tool.version,
    revision: now.revision,
    cloudAccountId: now.cloudAccountId,
    stateLineage: state?.lineage ?? null,
    stateSerial: state?.serial ?? null,
  });
  if (differences.length > 0) throw appError('plan_stale', staleText(plan.planId, differences));
  return planFile;
}

/** True when the plan was not fit to be applied, and nothing of it was. */
async function endStale(deps: WorkerDeps, ctx: RunContext, thrown: unknown): Promise<boolean> {
  const error = toAppError(thrown);
  if (ctx.signal.aborted || (error.code !== 'plan_stale' && error.code !== 'artifact_corrupt')) return false;
  if ((await getRun(deps.db, null, ctx.run.runId)).applyStarted) return false;
  const data = { plan_id: ctx.run.planId, reason: error.code };
  await ctx.move({ to: 'stale', message: error.message, error: recordError(error), data });
  return true;
}
