import { describe, expect, test } from '@jest/globals';
import { builtinPolicies } from '../../src/policy/builtin-rules.js';
import { faultOf, judgePolicies } from '../../src/policy/judge.js';
import { inputOf } from '../../src/policy/policy-input.js';
import { reportOf, saidBy, type PolicyRef, type PolicyResult } from '../../src/policy/policy.js';
import { aChange, aPlan, facts } from './a-plan.js';

function expression(text: string, more: Partial<PolicyRef['settings']> = {}): PolicyRef {
  return {
    policyId: 'pol_1',
    name: 'mine',
    version: 3,
    settings: {
      enabled: true,
      rule: { kind: 'expression', expression: text },
      params: {},
      verdict: 'warn',
      message: null,
      ...more,
    },
  };
}
const builtin = (name: string, params: object = {}): PolicyRef =>
  expression('', {
    rule: { kind: 'builtin', name },
    params: builtinPolicies[name]?.params.parse(params) ?? {},
    verdict: 'deny',
  });
/** A Saturday, 20:05 UTC. */
const now = new Date('2026-11-21T20:05:00Z');

async function judge(policies: PolicyRef[], plan = aPlan()): Promise<PolicyResult[]> {
  return judgePolicies(policies, inputOf({ ...plan, facts: { ...facts, ...plan.facts }, now }));
}

describe('a policy', () => {
  test('passes a plan of which its expression is true, and objects to another with its message', async () => {
    const [fine, not] = await judge([
      expression('environment.labels.team == "a" && changes.size() == 1'),
      expression('summary.create < params.most', {
        params: { most: 1 },
        verdict: 'require_approval',
        message: 'creates {{ summary.create }}, {{ params.most }} is allowed',
      }),
    ]);
    expect(fine).toMatchObject({ outcome: 'passed', verdict: null, message: null });
    expect(not).toEqual({
      policy_id: 'pol_1',
      name: 'mine',
      version: 3,
      outcome: 'failed',
      verdict: 'require_approval',
      message: 'creates 1, 1 is allowed',
    });
  });

  test.each([
    ['throws', 'spec.no.such.field == 1', 'No such key: no'],
    ['names an unknown field', 'environment.regoin == "x"', 'No such key: regoin'],
    ['gives rubbish', 'spec.size', 'the expression gave a string, not true or false'],
    ['cannot be read', 'changes.all(', 'Unexpected token: EOF'],
    ['loops', `("${'a'.repeat(48)}!").matches("^(a+)+$")`, 'it took longer than 250 ms, twice'],
    [
      'explodes',
      `[[1, 2, 3, 4, 5, 6, 7, 8]]${'.map(a, a + a)'.repeat(26)}.all(a, a.size() == 3)`,
      expect.stringMatching(/^it took (more than 64 MB of memory|longer than 250 ms, twice)/),
    ],
    ['reads what is no data', 'spec.constructor == 1', 'No such key: constructor'],
  ])(
    'that %s denies, whatever its verdict, and the next one is judged all the same',
    async (_, text, told) => {
      const [broken, next] = await judge([expression(text), expression('true')]);
      expect(broken).toMatchObject({ outcome: 'broken', verdict: 'deny', version: 3 });
      const message = String(broken?.message);
      expect(message).toMatch(/^it is broken: .*; correct it or switch it off$/s);
      expect(message.slice('it is broken: '.length, -'; correct it or switch it off'.length)).toEqual(told);
      expect(next).toMatchObject({ outcome: 'passed' });
    },
  );

  test.each([
    ['environment.regoin == "x"', null, 'No such key: regoin'],
    ['nonsense == 1', null, 'Unknown variable: nonsense'],
    ['changes.size()', null, 'the expression gives int, not true or false'],
    ['true', 'it is {{ now.tme }}', 'in the message: No such key: tme'],
    ['changes.all(', null, 'Unexpected token: EOF'],
    ['spec.size == "s" && cost.after < 100 && changes.all(c, c.after.size() > 0)', '{{ now.clock }}', null],
  ])('written as %s has its fault told before any plan', async (text, message, fault) => {
    expect(await faultOf(expression(text, { message }).settings)).toBe(fault);
  });
});

test('the severest verdict counts, and is told with the policy and its version', () => {
  const one = (name: string, verdict: PolicyResult['verdict']): PolicyResult => ({
    policy_id: 'p',
    name,
    version: 2,
    outcome: verdict === null ? 'passed' : 'failed',
    verdict,
    message: verdict && `${name} objects`,
  });
  const report = reportOf([one('a', null), one('b', 'warn'), one('c', 'deny'), one('d', 'require_approval')]);
  expect(report.verdict).toBe('deny');
  expect(report.results.map(({ name }) => name)).toEqual(['c', 'd', 'b', 'a']);
  expect(saidBy(report, 'deny')).toBe('policy c (version 2): c objects');
  expect(reportOf([one('a', null)]).verdict).toBe('pass');
});

describe('policies that come with Terrace', () => {
  const database = (more: object) =>
    aChange('aws_db_instance', 'create', { storage_encrypted: true, ...more });
  const destroy = { run: { ...facts.run, kind: 'destroy' } };
  const lost = aChange('aws_db_instance', 'delete', {}, ['database_lost']);
  const cost = { after: 120.5, delta: 20.5, unknown: [{ address: 'aws_x.y', why: '' }] };

  test.each<[string, object, Parameters<typeof aPlan>[0], string | null]>([
    ['allowed_regions', { regions: ['eu-central-1'] }, {}, null],
    ['allowed_regions', { regions: ['eu-west-1'] }, {}, 'region eu-central-1 is not among eu-west-1'],
    ['allowed_regions', { regions: ['eu-west-1'] }, { facts: destroy }, null],
    ['size_limits', { max_cpu_cores: 4 }, {}, null],
    [
      'size_limits',
      { max_cpu_cores: 3, max_memory_gb: 16, max_storage_gb: 100 },
      {},
      'the environment asks for 4 cores, 8 GB of memory and 20 GB of storage; allowed are 3, 16 and 100',
    ],
    ['encryption_required', {}, { changes: [database({})] }, null],
    [
      'encryption_required',
      {},
      { changes: [database({ storage_encrypted: null })] },
      'not encrypted: aws_db_instance.it',
    ],
    ['encryption_required', {}, { changes: [aChange('aws_db_instance', 'update', { port: 1 })] }, null],
    ['no_public_access', {}, { changes: [database({ publicly_accessible: false })] }, null],
    [
      'no_public_access',
      {},
      { changes: [database({ publicly_accessible: true })] },
      'open to everybody: aws_db_instance.it',
    ],
    [
      'no_public_access',
      {},
      { changes: [aChange('aws_security_group', 'create', { 'ingress.0.cidr_blocks.0': '0.0.0.0/0' })] },
      'open to everybody: aws_security_group.it',
    ],
    [
      'no_public_access',
      {},
      { changes: [aChange('aws_security_group', 'create', { 'egress.0.cidr_blocks.0': '0.0.0.0/0' })] },
      null,
    ],
    ['keep_stateful', {}, { changes: [lost] }, 'data would be lost: aws_db_instance.it'],
    ['keep_stateful', {}, { changes: [lost], facts: destroy }, null],
    [
      'keep_stateful',
      { also_on_destroy: true },
      { changes: [lost], facts: destroy },
      'data would be lost: aws_db_instance.it',
    ],
    ['cost_limit', { monthly: 200, allow_unknown: true }, { cost }, null],
    [
      'cost_limit',
      { monthly: 200, increase: 50 },
      { cost },
      'the estimate is 120.5 USD a month, 20.5 more than before, without a price: aws_x.y; allowed are 200, and 50 more',
    ],
    [
      'cost_limit',
      { monthly: 100 },
      { cost: { ...cost, unknown: [] } },
      expect.stringContaining('120.5 USD') as unknown as string,
    ],
    ['required_labels', { labels: ['team'] }, {}, null],
    ['required_labels', { labels: ['team', 'owner'] }, {}, 'labels missing: owner'],
    ['business_hours', { days: [6], from: '20:00', to: '20:06' }, {}, null],
    [
      'business_hours',
      {},
      {},
      'it is 20:05 UTC on day 6 of the week; changes are made on days 1, 2, 3, 4, 5 from 08:00 to 17:00',
    ],
    ['freeze_windows', { windows: [{ from: '2026-12-20', to: '2027-01-02' }] }, {}, null],
    [
      'freeze_windows',
      { windows: [{ from: '2026-11-21', to: '2026-11-21' }] },
      {},
      'changes are frozen on 2026-11-21',
    ],
  ])('%s %j of %j: %s', async (name, params, plan, message) => {
    const [result] = await judge([builtin(name, params)], aPlan(plan));
    expect(result?.outcome).toBe(message === null ? 'passed' : 'failed');
    expect(result?.message).toEqual(message);
  });

  test('can all be judged as they are written', async () => {
    for (const [name, { params }] of Object.entries(builtinPolicies)) {
      const { settings } = expression('', { rule: { kind: 'builtin', name } });
      expect([name, await faultOf(settings)]).toEqual([name, null]);
      expect(params.safeParse({ nonsense: 1 }).success).toBe(false);
    }
  });
});
