/**
 * A worker or terraform that dies in mid-apply loses the state of its last seconds, but the journal tells what was
 * started. Each resource that may exist and is missing from the state is imported by its id; one that turns out
 * not to exist was never made. Either way the answer is written to the journal, so that it is asked once.
 */
import { appendJournal, mayExist, type Created } from '../src/run/journal-store.js';
import { getStoredPlan } from '../src/plan/plan-store.js';
import { plannedValues } from '../src/plan/planned-values.js';
import { getRun } from '../src/run/run-store.js';
import { importId } from '../src/terraform/import-ids.js';
import { importResource } from '../src/terraform/import-resource.js';
import type { WorkerDeps } from './deps.js';
import type { RunContext } from './run-context.js';
import type { Tools } from './tools.js';

export async function adoptOrphans(deps: WorkerDeps, ctx: RunContext, tools: Tools): Promise<void> {
  const created = await mayExist(deps.db, ctx.run.environmentId);
  if (created.length === 0) return;
  const state = await tools.states.read();
  const known = new Set(state?.resources.map((resource) => resource.address));
  for (const orphan of created.filter((one) => !known.has(one.address)))
    await adopt(deps, ctx, { tools, orphan });
}

async function adopt(
  deps: WorkerDeps,
  ctx: RunContext,
  { tools, orphan }: { tools: Tools; orphan: Created },
): Promise<void> {
  const { address, resourceType } = orphan;
  const values = await plannedValuesOf(deps, orphan);
  const id = importId(resourceType, values.get(address) ?? {}) ?? orphan.idValue;
  const adopted = id !== null && (await importResource(tools.terraform, { address, id }));
  ctx.say(outcome(address, id, adopted));
  await appendJournal(deps.db, ctx.lease, {
    address,
    resourceType,
    action: 'adopt',
    step: adopted ? 'finished' : 'errored',
    ...(id === null ? {} : { idValue: id }),
  });
}

function outcome(address: string, id: string | null, adopted: boolean): string {
  if (id === null)
    return `${address} may exist from a lost worker, but has no id to look for; check the account`;
  return adopted ? `adopted ${address} (${id})` : `${address} (${id}) was not made by the lost worker`;
}

async function plannedValuesOf(deps: WorkerDeps, orphan: Created): Promise<ReturnType<typeof plannedValues>> {
  const { planId } = await getRun(deps.db, null, orphan.runId);
  if (planId === null) return new Map();
  const { planJson } = await getStoredPlan(deps.db, planId);
  if (planJson === null) return new Map();
  return plannedValues(JSON.parse(deps.keyring.decrypt(planJson, `plan_json:${planId}`).toString('utf8')));
}
