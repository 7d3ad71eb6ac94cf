import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Cause } from '../../src/plan/cause.js';
import type { Evidence } from '../../src/plan/explain.js';
import { summarizePlan, type PlanDigest } from '../../src/plan/plan-summary.js';
import { withField } from '../../src/plan/spec-diff.js';
import { trace, type Baseline } from '../../src/plan/trace.js';
import { blueprint } from '../../stacks/app/blueprint.js';
import { openBench, type Bench, type Workspace } from '../sandbox/bench.js';
import { inputOf } from '../stacks/inputs.js';
import { groups } from './app-fields.js';
import { openGenerator, parsedSpec, stepsTo } from './field-steps.js';

const { generate, close } = openGenerator();
let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(async () => {
  await close();
  await bench.close();
});

let accounts = 0;

/** Real terraform on the stacks of `app@1`, with local state. */
async function life(first: Record<string, unknown>) {
  accounts += 1;
  const account = `33000000000${accounts}`;
  const baselineOf = async (spec: Record<string, unknown>, labels = {}): Promise<Baseline> => {
    const input = inputOf(parsedSpec(spec), { cloud_account_id: account, labels });
    const stack = await generate(input);
    if (stack === null) throw new Error('the blueprint refuses the spec');
    return { input, stack };
  };
  const local = ({ stack }: Baseline) => {
    const { terraform, ...rest } = JSON.parse(stack) as { terraform: { required_providers: object } };
    return { ...rest, terraform: { required_providers: terraform.required_providers } };
  };
  const before = await baselineOf(first);
  const workspace = await bench.workspace({ accountId: account }, local(before));
  const secrets = { database_password: 'd'.repeat(32), cache_password: 'c'.repeat(32) };
  await writeFile(join(workspace.folder, 'secrets.auto.tfvars.json'), JSON.stringify(secrets));
  const show = async (one: Baseline): Promise<unknown> => {
    await workspace.write(local(one));
    await workspace.must('plan', '-input=false', '-out=plan.bin');
    return JSON.parse(await workspace.must('show', '-json', 'plan.bin')) as unknown;
  };
  const planned = await show(before);
  await workspace.must('apply', '-input=false', 'plan.bin');
  return { before, planned, baselineOf, show, workspace };
}

const evidenceOf = async (before: Baseline, after: Baseline): Promise<Evidence> => ({
  kind: 'change',
  traces: [await trace(generate, before, after)],
});

const causesOf = (digest: PlanDigest): Cause[] =>
  digest.changes.flatMap(({ attributes }) =>
    attributes.flatMap(({ cause }) => (cause === null ? [] : [cause])),
  );

function causeAt(digest: PlanDigest, address: string, path: string): Cause | null | undefined {
  const change = digest.changes.find((one) => one.address === address);
  return change?.attributes.find((one) => one.path === path)?.cause;
}

describe('fields changed together, in plans of real terraform', () => {
  const left = new Set(['observability.service_monitor', 'network.egress.mail.namespace']);
  const chosen = groups.filter(({ name }) => ['the namespace and its walls', 'managed data'].includes(name));

  test.each(chosen)('$name: each is named, apart from the others', async ({ base, changes }) => {
    const { before, baselineOf, show } = await life(base);
    const fields = Object.keys(changes).filter((field) => !left.has(field));
    let spec: unknown = before.input.spec;
    for (const field of fields) spec = withField(spec, stepsTo(spec, field), changes[field]);
    const after = await baselineOf(spec as Record<string, unknown>);
    const digest = summarizePlan(await show(after), await evidenceOf(before, after));
    const causes = causesOf(digest);
    expect(causes.length).toBe(digest.changes.flatMap(({ attributes }) => attributes).length);
    const named = new Set(causes.flatMap((cause) => (cause.kind === 'spec' ? cause.fields : [])));
    expect(
      [...named].filter((one) => !fields.some((field) => one === field || one.startsWith(`${field}.`))),
    ).toEqual([]);
    expect(
      fields.filter((field) => ![...named].some((one) => one === field || one.startsWith(`${field}.`))),
    ).toEqual([]);
    expect(
      Math.max(...causes.map((cause) => (cause.kind === 'spec' ? cause.fields.length : 0))),
    ).toBeLessThan(10);
    expect(causes.filter(({ kind }) => kind === 'engine' || kind === 'drift')).toEqual([]);
  });
});

describe('why an attribute changes', () => {
  const size = { database: { mode: 'in_cluster', size: 'small' }, cache: { mode: 'none' } };
  const larger = {
    database: { mode: 'in_cluster', size: 'medium', storage_gb: 20 },
    cache: { mode: 'none' },
    quota: { storage: '60Gi' },
  };

  test('the field, with its values; what follows from another change; drift; the engine', async () => {
    const { before, planned, baselineOf, show, workspace } = await life(size);
    const first = summarizePlan(planned, { kind: 'create', sources: blueprint.sources });
    expect(causeAt(first, 'kubernetes_stateful_set_v1.database', 'wait_for_rollout')).toEqual({
      kind: 'create',
      fields: expect.arrayContaining(['database']),
    });

    const after = await baselineOf(larger);
    const digest = summarizePlan(await show(after), await evidenceOf(before, after));
    const limit = 'spec.0.template.0.spec.0.container.0.resources.0.limits.memory';
    expect(causeAt(digest, 'kubernetes_stateful_set_v1.database', limit)).toEqual({
      kind: 'spec',
      fields: ['database.size'],
      before: 'small',
      after: 'medium',
    });
    const claim = 'spec.0.resources.0.requests.storage';
    expect(causeAt(digest, 'kubernetes_persistent_volume_claim_v1.database', claim)).toMatchObject({
      fields: ['database.storage_gb'],
    });

    const destroyed = summarizePlan(planned, { kind: 'destroy' });
    expect(new Set(causesOf(destroyed).map(({ kind }) => kind))).toEqual(new Set(['destroy']));

    // The stack as an older engine made it: the same request, other labels.
    const older = { ...before, stack: before.stack.replaceAll('restricted', 'baseline') };
    const upgraded = summarizePlan(planned, await evidenceOf(older, before));
    expect(new Set(causesOf(upgraded).map(({ kind }) => kind))).toContain('engine');

    await drift(workspace);
    const drifted = summarizePlan(await show(before), await evidenceOf(before, before));
    expect(drifted.drift.map(({ address }) => address)).toEqual(['kubernetes_resource_quota_v1.quota']);
    expect(new Set(causesOf(drifted).map(({ kind }) => kind))).toEqual(new Set(['drift']));
    expect(drifted.summary).toMatchObject({ drift: 1, update: 1 });
  });

  test('labels of the environment, and the attributes of a resource that is made anew', async () => {
    const { before, baselineOf, show } = await life({ database: { mode: 'none' }, cache: { mode: 'none' } });
    const after = await baselineOf(
      { database: { mode: 'none' }, cache: { mode: 'none' }, namespace: 'elsewhere' },
      { team: 'b' },
    );
    const digest = summarizePlan(await show(after), await evidenceOf(before, after));
    const namespace = 'kubernetes_namespace_v1.namespace';
    expect(causeAt(digest, namespace, 'metadata.0.name')).toMatchObject({
      kind: 'spec',
      fields: ['namespace'],
      before: null,
      after: 'elsewhere',
    });
    expect(causeAt(digest, namespace, 'id')).toEqual({ kind: 'derived', from: [namespace] });
    expect(causeAt(digest, 'kubernetes_service_account_v1.namespace', 'metadata.0.namespace')).toEqual({
      kind: 'derived',
      from: [namespace],
    });
    const fields = new Set(causesOf(digest).flatMap((cause) => (cause.kind === 'spec' ? cause.fields : [])));
    expect([...fields].sort()).toEqual(['environment.labels.team', 'namespace']);
  });
});

/** Somebody changes the quota with other tools. */
async function drift({ run }: Workspace): Promise<void> {
  const { rowCount } = await bench.database.db.query(
    `update sandbox.objects set value = jsonb_set(value, '{spec,0,hard,pods}', '"99"')
     where environment_id = $1 and type = 'kubernetes_resource_quota_v1'`,
    [run.environmentId],
  );
  expect(rowCount).toBe(1);
}
