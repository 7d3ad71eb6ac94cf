/** What plan, apply and recover share: from a run to a saved plan. */
import { costOfPlan } from '../src/cost/plan-cost.js';
import { getRevision } from '../src/environment/revision-store.js';
import { newId } from '../src/lib/ids.js';
import { sha256 } from '../src/lib/hash.js';
import { sealPlanJson } from '../src/plan/artifact.js';
import { appliedStack, lastStack, type StoredPlan } from '../src/plan/plan-store.js';
import { summarizePlan, type PlanSummary } from '../src/plan/plan-summary.js';
import { planAdopting, type Planning } from './adopt.js';
import { gatherEvidence } from './evidence.js';
import type { WorkerDeps } from './deps.js';
import { load, type Loaded } from './load.js';
import type { RunContext } from './run-context.js';
import { openTools, type Tools } from './tools.js';

export interface Stack {
  readonly json: string;
  readonly sha256: string;
}

/**
 * The stack of the run's revision; a destroy takes the one last applied, so that it never needs old code. Where the code is
 * gone, a revision that was applied before, or is a copy of one that was, keeps the stack it was applied with.
 */
export async function stackOf(deps: WorkerDeps, ctx: RunContext, loaded: Loaded): Promise<Stack> {
  const { environmentId, kind } = ctx.run;
  const last =
    kind === 'destroy'
      ? await lastStack(deps.db, environmentId)
      : deps.blueprints.find(loaded.input.blueprint) === undefined
        ? await formerStack(deps, ctx)
        : null;
  return last === null ? deps.synth.synth(loaded.input) : { json: last, sha256: sha256(last) };
}

async function formerStack({ db }: WorkerDeps, { run, say }: RunContext): Promise<string | null> {
  const { environmentId, revision } = run;
  const { copyOf } = await getRevision(db, environmentId, revision);
  const own = await appliedStack(db, environmentId, revision);
  const stack = own ?? (copyOf === null ? null : await appliedStack(db, environmentId, copyOf));
  if (stack !== null)
    say(
      `the blueprint is not loaded: the stack is the one that revision ${own === null ? copyOf : revision} was applied with`,
    );
  return stack;
}

/** The tools of a run, open, with what they were opened for. */
export interface Opened {
  readonly loaded: Loaded;
  readonly stack: Stack;
  readonly tools: Tools;
}

export interface Planned {
  readonly plan: StoredPlan;
  readonly summary: PlanSummary;
  readonly hasChanges: boolean;
  readonly planFile: Buffer;
}

/** Runs `work` with the tools of a run open, for the stack given or a fresh one, and closes them on every path. */
export async function withTools<T>(
  deps: WorkerDeps,
  ctx: RunContext,
  work: (opened: Opened) => Promise<T>,
  given?: Stack,
): Promise<T> {
  const loaded = await ctx.step('load', () => load(deps, ctx));
  const stack = given ?? (await ctx.step('synth', () => stackOf(deps, ctx, loaded)));
  const tools = await ctx.step('open_tools', () => openTools(deps, ctx, { ...loaded, cdkJson: stack.json }));
  try {
    return await work({ loaded, stack, tools });
  } finally {
    await tools.close();
  }
}

/** Adopts what a dead worker left, plans, and makes the plan's masked and sealed forms. */
export async function makePlan(
  deps: WorkerDeps,
  ctx: RunContext,
  opened: Opened & Pick<Planning, 'destroy' | 'clashes'>,
): Promise<Planned> {
  const { loaded, stack, tools } = opened;
  const { run } = ctx;
  const planId = newId('plan');
  const { planned, json, planJson, state, evidence } = await planAndGather(deps, ctx, { ...opened, planId });
  const { summary: counted, changes, drift, outputs, secrets, maskText } = summarizePlan(json, evidence);
  for (const secret of secrets) ctx.redactor.add(secret);
  const place = { region: loaded.environment.region, simulated: loaded.account.provider === 'sandbox' };
  const summary = { ...counted, cost: costOfPlan(json, deps.prices, place) };
  const { spec: _, ...stackInput } = loaded.input;
  const text = ctx.redactor.mask(maskText(planned.text));
  for (const line of text.split('\n')) ctx.say(line);
  const plan: StoredPlan = {
    planId,
    runId: run.runId,
    environmentId: run.environmentId,
    planFile: deps.keyring.encrypt(planned.planFile, `plan:${planId}`),
    planJson,
    cdkJson: stack.json,
    changes,
    drift,
    outputs,
    stackInput,
    summary,
    text,
    planSha256: planned.planSha256,
    synthSha256: stack.sha256,
    lockSha256: tools.lockSha256,
    toolVersion: deps.tool.version,
    revision: run.revision,
    cloudAccountId: loaded.account.cloudAccountId,
    stateLineage: state?.lineage ?? null,
    stateSerial: state?.serial ?? null,
  };
  return { plan, summary, hasChanges: planned.hasChanges, planFile: planned.planFile };
}

/** All of a plan that takes terraform, the generator or the database. The text of its JSON, large as it may be, is let go here. */
async function planAndGather(
  deps: WorkerDeps,
  ctx: RunContext,
  { loaded, stack, tools, destroy, clashes, planId }: Parameters<typeof makePlan>[2] & { planId: string },
) {
  const { planned, json, text } = await planAdopting(deps, ctx, {
    tools,
    destroy,
    clashes,
    stack: stack.json,
  });
  const [state, evidence, planJson] = await Promise.all([
    ctx.step('read_state', () => tools.states.read()),
    ctx.step('explain', () => gatherEvidence(deps, ctx, { input: loaded.input, stack: stack.json, json })),
    sealPlanJson(deps.keyring, { planId, text }),
  ]);
  return { planned, json, planJson, state, evidence };
}
