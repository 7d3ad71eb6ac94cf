/** Real plans by real terraform, on the sandbox's providers. */
import { openBench, type Bench } from '../sandbox/bench.js';
import { providers } from '../sandbox/all-types.js';

export type Resources = Readonly<Record<string, Readonly<Record<string, object>>>>;

/** A stack of these resources, and what more there is in it, with the providers it needs. */
export function stackOf(resource: Resources, more: object = {}): object {
  const used = new Set(Object.keys(resource).map((type) => type.split('_')[0] ?? ''));
  const ofUsed = (all: object) => Object.fromEntries(Object.entries(all).filter(([name]) => used.has(name)));
  return {
    terraform: { required_providers: ofUsed(providers.terraform.required_providers) },
    provider: {
      ...ofUsed(providers.provider),
      ...(used.has('aws') ? { aws: [{ region: 'eu-central-1' }] } : {}),
    },
    resource,
    ...more,
  };
}

/** Applies all stacks but the last, which is planned: what `terraform show -json` prints of that plan. */
export async function sandboxPlan(bench: Bench, ...stacks: readonly object[]): Promise<unknown> {
  const [first] = stacks;
  if (first === undefined) throw new Error('name a stack to plan');
  const workspace = await bench.workspace({}, first);
  for (const [index, stack] of stacks.entries()) {
    await workspace.write(stack);
    await workspace.must('plan', '-input=false', '-out=plan.bin');
    if (index < stacks.length - 1) await workspace.must('apply', '-input=false', 'plan.bin');
  }
  return JSON.parse(await workspace.must('show', '-json', 'plan.bin'));
}

export { openBench, type Bench };
