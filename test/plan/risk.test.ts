import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { summarizePlan, type PlanDigest } from '../../src/plan/plan-summary.js';
import { riskRules } from '../../src/plan/risk-rules.js';
import { grownRisks, needsConfirmation, riskLevels, riskyItems } from '../../src/plan/risk.js';
import { faultsSchema } from '../../src/sandbox/faults.js';
import { setFaults } from '../../src/sandbox/sandbox-store.js';
import { cases, shownByCases, standing, unserved } from './risk-cases.js';
import { openBench, sandboxPlan, stackOf, type Bench, type Resources } from './sandbox-plan.js';

let bench: Bench;
let digest: PlanDigest;
let first: PlanDigest;
let gone: PlanDigest;

/** All cases in one stack, each resource under the name of its case. */
function together(side: 'before' | 'after'): Resources {
  const whole: Record<string, Record<string, object>> = structuredClone(standing);
  for (const one of cases) {
    const resource = one[side];
    if (resource !== null) (whole[one.type] ??= {})[one.name] = resource;
  }
  return whole;
}

beforeAll(async () => {
  bench = await openBench();
  const [before, after] = [stackOf(together('before')), stackOf(together('after'))];
  digest = summarizePlan(await sandboxPlan(bench, before, after));
  first = summarizePlan(await sandboxPlan(bench, after));
  const namespaceAlone = stackOf({ kubernetes_namespace_v1: { n: { metadata: [{ name: 'n' }] } } });
  gone = summarizePlan(await sandboxPlan(bench, namespaceAlone, { ...namespaceAlone, resource: undefined }));
}, 60_000);
afterAll(() => bench.close());

const reasonsOf = (address: string) =>
  digest.changes.find((change) => change.address === address)?.reasons ?? [];

describe('the red list, on a plan of real terraform', () => {
  test.each(cases)('$type $name: $codes', ({ type, name, codes, risk, text }) => {
    const address = `${type}.${name}`;
    const reasons = reasonsOf(address);
    expect(reasons.map(({ code }) => code)).toEqual(codes);
    expect(digest.changes.find((change) => change.address === address)?.risk).toBe(risk);
    if (text !== undefined) expect(reasons[0]?.text).toBe(`${address} ${text}`);
  });

  test('has a case for each rule, or its type is one that the sandbox does not serve', () => {
    expect(
      riskRules.map(({ code }) => code).filter((code) => !shownByCases.has(code) && !unserved.has(code)),
    ).toEqual([]);
    for (const [code, types] of unserved)
      for (const type of types)
        expect(riskRules.find((rule) => rule.code === code)?.types.test(type)).toBe(true);
  });

  test('comes first in the plan and in its summary', () => {
    const risks = digest.changes.map(({ risk }) => riskLevels.indexOf(risk));
    expect(risks).toEqual([...risks].sort((a, b) => b - a));
    expect(digest.summary.risk).toBe('critical');
    expect(digest.summary.reasons[0]?.risk).toBe('critical');
    expect(digest.summary.reasons_total).toBe(digest.changes.flatMap(({ reasons }) => reasons).length);
  });

  test('in the first plan of an environment, what it opens for itself is no surprise; what is public for all is', () => {
    const codes = new Set(first.changes.flatMap(({ reasons }) => reasons.map(({ code }) => code)));
    expect([...codes].sort()).toEqual([
      'administrator_granted',
      'bucket_public',
      'cluster_public',
      'database_public',
      'opened_to_everybody',
      'policy_opened',
      'policy_public',
    ]);
  });

  test('the end of an environment names what is lost', () => {
    expect(gone.summary).toMatchObject({
      risk: 'critical',
      destructive: true,
      reasons: [
        {
          code: 'namespace_lost',
          address: 'kubernetes_namespace_v1.n',
          text: 'kubernetes_namespace_v1.n is deleted; everything in it goes, volumes too',
        },
      ],
    });
  });
});

test('what a broken replacement left behind is a change of its own, named by its key, and judged', async () => {
  const namespace = (name: string) =>
    stackOf({
      kubernetes_namespace_v1: { n: { metadata: [{ name }], lifecycle: { create_before_destroy: true } } },
    });
  const { run, must, apply, write } = await bench.workspace({}, namespace('first'));
  await must('apply', '-auto-approve', '-input=false');
  const fault = { kind: 'fail', type: 'kubernetes_namespace_v1', on: 'delete', times: 1 };
  await setFaults(bench.database.db, run.environmentId, faultsSchema.parse([fault]));
  await write(namespace('second'));
  expect((await apply()).code).toBe(1);
  await must('plan', '-input=false', '-out=plan.bin');
  const { changes, summary } = summarizePlan(JSON.parse(await must('show', '-json', 'plan.bin')));
  expect(changes).toMatchObject([
    {
      address: 'kubernetes_namespace_v1.n',
      action: 'delete',
      deposed: expect.stringMatching(/^[0-9a-f]{8}$/),
      risk: 'critical',
      reasons: [{ code: 'namespace_lost' }],
    },
  ]);
  expect(changes[0]?.attributes).toContainEqual(
    expect.objectContaining({ path: 'metadata.0.name', before: 'first', after: null }),
  );
  expect(summary).toMatchObject({ delete: 1, no_op: 1, destructive: true });
});

describe('what asks for the name of the environment', () => {
  test('is high and critical', () => {
    expect(riskLevels.filter(needsConfirmation)).toEqual(['high', 'critical']);
  });

  test('is listed item by item; approvals do not cover items that a later plan adds', () => {
    const items = riskyItems(digest.changes);
    expect(items).toContain('database_lost aws_db_instance.deleted');
    expect(items).toEqual([...new Set(items)].sort());
    expect(grownRisks(digest.changes, gone.changes)).toEqual(['namespace_lost kubernetes_namespace_v1.n']);
    expect(grownRisks(digest.changes, digest.changes.slice(3))).toEqual([]);
  });
});
