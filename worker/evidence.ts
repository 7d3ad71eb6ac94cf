/** Why a plan asks for what it asks: found out at plan time, while old and new request can both be generated. */
import type { Evidence } from '../src/plan/explain.js';
import { isFirstPlan } from '../src/plan/plan-summary.js';
import { appliedPlans } from '../src/plan/plan-store.js';
import { trace, type Generate, type Trace } from '../src/plan/trace.js';
import type { StackInput } from '../src/spec/stack-input.js';
import type { WorkerDeps } from './deps.js';
import type { RunContext } from './run-context.js';

/** What is known about the causes of a plan, whose JSON is `json`. */
export async function gatherEvidence(
  deps: WorkerDeps,
  ctx: RunContext,
  given: { readonly input: StackInput; readonly stack: string; readonly json: unknown },
): Promise<Evidence> {
  if (ctx.run.kind === 'destroy') return { kind: 'destroy' };
  const applied = await appliedPlans(deps.db, {
    environmentId: ctx.run.environmentId,
    before: ctx.run.runId,
  });
  if (applied.length === 0 || isFirstPlan(given.json))
    return { kind: 'create', sources: deps.blueprints.find(given.input.blueprint)?.sources ?? [] };
  const generate: Generate = (input) =>
    deps.synth.synth(input).then(
      ({ json }) => json,
      () => null,
    );
  const traces: Trace[] = [];
  for (const { stack, stackInput, spec } of applied) {
    const baseline = { stack, input: { ...given.input, ...stackInput, spec } };
    traces.push(await trace(generate, baseline, given));
  }
  return { kind: 'change', traces };
}
