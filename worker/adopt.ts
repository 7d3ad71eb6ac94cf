/**
 * A worker or terraform that dies in mid-apply loses the state of its last seconds, but the journal tells what was
 * started. Each resource that may exist and is missing from the state is imported by its id: all of them by the next plan
 * (see plan-importing.ts), or one by one where that plan destroys, for terraform ignores import blocks there. What turns out
 * not to exist was never made; the journal remembers that, so that it is asked once.
 */
import { appError, toAppError } from '../src/errors/app-error.js';
import { openPlanJson } from '../src/plan/artifact.js';
import { parsePlan, type ChangeJson } from '../src/plan/plan-json.js';
import { getStoredPlan } from '../src/plan/plan-store.js';
import { plannedValues } from '../src/plan/planned-values.js';
import { appendJournal, mayExist, type Created } from '../src/run/journal-store.js';
import { getRun } from '../src/run/run-store.js';
import { canImport, importIdOf } from '../src/terraform/import-ids.js';
import { importResource } from '../src/terraform/import-resource.js';
import { ownerOf } from '../src/terraform/ownership.js';
import { planImporting, writeImports, type Import } from '../src/terraform/plan-importing.js';
import { planTerraform, showPlan, type PlanResult } from '../src/terraform/terraform.js';
import type { WorkerDeps } from './deps.js';
import type { RunContext } from './run-context.js';
import type { Tools } from './tools.js';

/** An object that may exist without being in the state. */
interface Orphan extends Import {
  readonly resourceType: string;
  /** The apply said that it made it; without that, another's object of the same name is left alone. */
  readonly proven: boolean;
}

export interface Planning {
  readonly tools: Tools;
  readonly destroy: boolean;
  /** The stack, as JSON. */
  readonly stack: string;
  /** Addresses that an apply found taken: imported too, but only what is marked as this environment's. */
  readonly clashes?: readonly string[];
}

/** `json` and its `text`: see `showPlan`. */
export interface PlannedAndShown {
  readonly planned: PlanResult;
  readonly json: unknown;
  readonly text: string;
}

/** Plans, with all adopted that a dead worker left. Throws what terraform's plan throws. */
export async function planAdopting(
  deps: WorkerDeps,
  ctx: RunContext,
  planning: Planning,
): Promise<PlannedAndShown> {
  const { tools, destroy, clashes = [] } = planning;
  const orphans = await ctx.step('adopt', () => findOrphans(deps, ctx, planning));
  if (destroy || ctx.run.kind === 'drift_check') {
    await ctx.step('adopt', () => importEach(deps, ctx, { tools, orphans }));
    return plain(ctx, planning);
  }
  const taken = clashes.length === 0 ? [] : await takenOnes(ctx, { ...planning, clashes, orphans });
  if (orphans.length + taken.length === 0) return plain(ctx, planning);
  return planWith(deps, ctx, { tools, orphans: [...orphans, ...taken], clashes });
}

async function plain(ctx: RunContext, { tools, destroy }: Planning): Promise<PlannedAndShown> {
  const planned = await ctx.step('plan', () => planTerraform(tools.terraform, { destroy }));
  return { planned, ...(await ctx.step('show', () => showPlan(tools.terraform))) };
}

interface PlanWith {
  readonly tools: Tools;
  readonly orphans: readonly Orphan[];
  readonly clashes: readonly string[];
}

/** Plans with import blocks, until all that is imported exists and is no other's. */
async function planWith(deps: WorkerDeps, ctx: RunContext, given: PlanWith): Promise<PlannedAndShown> {
  const { ours, refused, ...shown } = await lookAt(deps, ctx, given);
  if (refused.length === 0) {
    for (const { address, id } of ours) ctx.say(`adopting ${address} (${id})`);
    return shown;
  }
  await writeImports(given.tools.terraform, []);
  return planWith(deps, ctx, { ...given, orphans: ours });
}

interface Looked extends PlannedAndShown {
  readonly ours: readonly Orphan[];
  /** Exist, and are another's, or lack the mark that ours would have. */
  readonly refused: readonly Orphan[];
}

/** A plan with import blocks, which changes no state: whose the objects are. The journal remembers what is not there, or not ours. */
async function lookAt(
  deps: WorkerDeps,
  ctx: RunContext,
  { tools, orphans, clashes }: PlanWith,
): Promise<Looked> {
  const { terraform } = tools;
  const { planned, missing } = await ctx.step('plan', () => planImporting(terraform, orphans));
  const isMissing = ({ address }: Orphan) => missing.some((one) => one.address === address);
  for (const one of orphans.filter(isMissing)) {
    ctx.say(`${one.address} (${one.id}) was not made by the lost worker`);
    await note(deps, ctx, one, 'errored');
  }
  const { json, text } = await ctx.step('show', () => showPlan(terraform));
  const imported = importedIn(json);
  const refused = orphans.filter((one) => {
    const change = imported.get(one.address);
    if (change === undefined || one.proven) return false;
    const [is, becomes] = [change.before, change.after].map((values) =>
      ownerOf(values, ctx.run.environmentId),
    );
    return is === 'other' || (is === 'unmarked' && (becomes === 'ours' || clashes.includes(one.address)));
  });
  const clash = refused.find(({ address }) => clashes.includes(address));
  if (clash !== undefined)
    throw appError(
      'apply_failed',
      `${clash.address} exists already (${clash.id}) and nothing proves that it is this environment's: rename the environment, or remove the object, then retry`,
    );
  for (const one of refused) {
    ctx.say(`${one.address} (${one.id}) is not this environment's and is left alone`);
    await note(deps, ctx, one, 'errored');
  }
  const ours = orphans.filter((one) => imported.has(one.address) && !refused.includes(one));
  return { planned, json, text, refused, ours };
}

/** Address -> the object as it is and as it shall be, of all that a plan imports. */
function importedIn(json: unknown): Map<string, ChangeJson> {
  const changes = parsePlan(json).resource_changes.filter(({ change }) => change.importing !== undefined);
  return new Map(changes.map(({ address, change }) => [address, change]));
}

/** What the journal says may exist and the state does not know, as far as it can be imported. */
async function findOrphans(deps: WorkerDeps, ctx: RunContext, { tools, stack }: Planning): Promise<Orphan[]> {
  const created = await mayExist(deps.db, ctx.run.environmentId);
  if (created.length === 0) return [];
  const state = await tools.states.read();
  const known = new Set(state?.resources.map((resource) => resource.address));
  const isDeclared = declaredIn(stack);
  const orphans: Orphan[] = [];
  const plans = new Map<string, ReturnType<typeof plannedValues>>();
  for (const one of created.filter(({ address }) => !known.has(address))) {
    const values = plans.get(one.runId) ?? (await plannedValuesOf(deps, one));
    plans.set(one.runId, values);
    const { address, resourceType, idValue } = one;
    const id = importIdOf(resourceType, values.get(address) ?? {}, idValue);
    if (!isDeclared(address))
      ctx.say(
        `${address} may exist from a lost worker, but is no part of this revision; the receipt of a destroy tells`,
      );
    else if (id !== undefined && canImport(address))
      orphans.push({ address, resourceType, id, proven: idValue !== null });
    else {
      ctx.say(`${address} may exist from a lost worker, but has no id to look for; check the account`);
      await note(deps, ctx, { address, resourceType }, 'errored');
    }
  }
  return orphans;
}

/** Takes them into the state, which a destroy would empty: what is not proven to be ours is looked at before. */
async function importEach(
  deps: WorkerDeps,
  ctx: RunContext,
  { tools, orphans }: Pick<PlanWith, 'tools' | 'orphans'>,
): Promise<void> {
  const unproven = orphans.filter(({ proven }) => !proven);
  const ours =
    unproven.length === 0 ? [] : await oursOf(deps, ctx, { tools, orphans: unproven, clashes: [] });
  for (const orphan of orphans.filter((one) => one.proven || ours.includes(one))) {
    const { address, id } = orphan;
    const adopted = await importResource(tools.terraform, orphan);
    ctx.say(adopted ? `adopted ${address} (${id})` : `${address} (${id}) was not made by the lost worker`);
    await note(deps, ctx, orphan, adopted ? 'finished' : 'errored');
  }
}

/** Where no such plan can be made any more, nobody knows: they are left alone, and the receipt of a destroy tells of them. */
async function oursOf(deps: WorkerDeps, ctx: RunContext, given: PlanWith): Promise<readonly Orphan[]> {
  try {
    return (await lookAt(deps, ctx, given)).ours;
  } catch (error) {
    const { code, message } = toAppError(error);
    if (code !== 'plan_failed') throw error;
    for (const { address, id } of given.orphans)
      ctx.say(`${address} (${id}) is left alone, for it could not be looked at: ${message}`);
    return [];
  } finally {
    await writeImports(given.tools.terraform, []);
  }
}

/** The objects that an apply found taken, by the ids that a plan now knows. Throws `apply_failed` for one that has none. */
async function takenOnes(
  ctx: RunContext,
  planning: Planning & { readonly clashes: readonly string[]; readonly orphans: readonly Orphan[] },
): Promise<Orphan[]> {
  const { json } = await plain(ctx, planning);
  const values = plannedValues(json);
  const typeOf = new Map(parsePlan(json).resource_changes.map(({ address, type }) => [address, type]));
  const orphaned = new Set(planning.orphans.map(({ address }) => address));
  return planning.clashes
    .filter((address) => !orphaned.has(address))
    .map((address) => {
      const resourceType = typeOf.get(address) ?? '';
      const id = importIdOf(resourceType, values.get(address) ?? {}, null);
      if (id === undefined)
        throw appError(
          'apply_failed',
          `${address} exists already and has no id to look for: remove the object, then retry`,
        );
      return { address, resourceType, id, proven: false };
    });
}

async function note(
  deps: WorkerDeps,
  ctx: RunContext,
  one: { readonly address: string; readonly resourceType: string; readonly id?: string },
  step: 'finished' | 'errored',
): Promise<void> {
  const { address, resourceType, id } = one;
  const entry = { address, resourceType, action: 'adopt', step };
  await appendJournal(deps.db, ctx.lease, { ...entry, ...(id === undefined ? {} : { idValue: id }) });
}

async function plannedValuesOf(deps: WorkerDeps, orphan: Created): Promise<ReturnType<typeof plannedValues>> {
  const { planId } = await getRun(deps.db, null, orphan.runId);
  if (planId === null) return new Map();
  return plannedValues(openPlanJson(deps.keyring, await getStoredPlan(deps.db, planId)));
}

/** Terraform imports only what the configuration has: whether it has the resource of an address. */
function declaredIn(stack: string): (address: string) => boolean {
  const { resource = {} } = JSON.parse(stack) as { resource?: Record<string, Record<string, unknown>> };
  return (address) => {
    const [type = '', name = ''] = address.split(/[.[]/);
    return resource[type]?.[name] !== undefined;
  };
}
