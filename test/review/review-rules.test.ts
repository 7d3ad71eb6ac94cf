import { describe, expect, test } from '@jest/globals';
import {
  approvalsOf,
  builtInRule,
  factsOf,
  whyReviewed,
  type AutoApprove,
  type Opinion,
  type PlanFacts,
  type ReviewRule,
} from '../../src/review/review-rules.js';

const ruleWith = (auto: Partial<AutoApprove> | null): ReviewRule => ({
  ruleId: 'rule_1',
  version: 3,
  class: 'dev',
  settings: {
    ...builtInRule.settings,
    auto_approve: auto && { only_creates: false, max_risk: 'critical', max_monthly_cost: null, ...auto },
  },
});
const named = 'review rule rule_1 (version 3)';
const quiet: PlanFacts = { risk: 'low', otherThanCreates: 0, monthlyCost: null };

describe('a plan that nobody has to look at', () => {
  test.each<[string, ReviewRule, Partial<PlanFacts>, string | null]>([
    ['rule without conditions', ruleWith(null), {}, `${named} lets no plan pass without a person`],
    ['only creates', ruleWith({ only_creates: true }), {}, null],
    [
      'more than creates',
      ruleWith({ only_creates: true }),
      { otherThanCreates: 1 },
      `the plan does more than create, which ${named} leaves to a person`,
    ],
    ['risk at the limit', ruleWith({ max_risk: 'low' }), {}, null],
    ['risk above it', ruleWith({ max_risk: 'none' }), {}, `the risk is low; ${named} lets pass none at most`],
    [
      'critical',
      ruleWith({ max_risk: 'high' }),
      { risk: 'critical' },
      `the risk is critical; ${named} lets pass high at most`,
    ],
    [
      'cost not known',
      ruleWith({ max_monthly_cost: 10 }),
      {},
      `the monthly cost is not known; ${named} lets pass 10 dollars at most`,
    ],
    ['cost at the limit', ruleWith({ max_monthly_cost: 10 }), { monthlyCost: 10 }, null],
    [
      'cost above it',
      ruleWith({ max_monthly_cost: 10 }),
      { monthlyCost: 10.5 },
      `the monthly cost is 10.5 dollars; ${named} lets pass 10 at most`,
    ],
    ['no limit of cost', ruleWith({}), {}, null],
  ])('%s', (_, rule, facts, expected) => {
    const question = { rule, kind: 'update' as const, facts: { ...quiet, ...facts } };
    expect(whyReviewed({ ...question, review: 'auto' })).toBe(expected);
    expect(whyReviewed({ ...question, review: 'required' })).toBe('the environment has review: required');
  });

  test('without a rule: everything of a create or destroy, and updates that are not risky', () => {
    const ask = (kind: 'create' | 'destroy' | 'update' | 'rollback') =>
      whyReviewed({
        rule: builtInRule,
        review: 'auto',
        kind,
        facts: { ...quiet, risk: 'high', otherThanCreates: 2 },
      });
    expect([ask('create'), ask('destroy')]).toEqual([null, null]);
    const text = 'the risk is high; the built-in review rule lets pass low at most';
    expect([ask('update'), ask('rollback')]).toEqual([text, text]);
  });
});

test('a summary that cannot be read is critical', () => {
  for (const summary of [null, 'x', {}, { risk: 'tiny' }, { risk: 'low', update: 'many' }])
    expect(factsOf(summary)).toMatchObject({ risk: 'critical', otherThanCreates: 1 });
  expect(factsOf({ risk: 'none', update: 1, replace: 2, delete: 3, forget: 4 })).toEqual({
    risk: 'none',
    otherThanCreates: 10,
    monthlyCost: null,
  });
});

test.each([
  ['known', { after: 31.5, unknown_total: 0 }, 31.5],
  ['known in part', { after: 31.5, unknown_total: 1 }, null],
  ['not there', undefined, null],
  ['rubbish', 'dear', null],
])('a cost that is %s', (_, cost, monthlyCost) => {
  expect(factsOf({ risk: 'low', cost })).toMatchObject({ risk: 'low', monthlyCost });
});

describe('approvals', () => {
  const says = (reviewerId: string, decision: Opinion['decision'], planId = 'p'): Opinion => ({
    reviewerId,
    reviewedBy: reviewerId,
    planId,
    decision,
  });
  const count = (opinions: Opinion[], exclude = false) => {
    const rule = { ...builtInRule, settings: { ...builtInRule.settings, exclude_author: exclude } };
    return approvalsOf(opinions, { planId: 'p', rule, authors: ['author', null] }).map(
      (one) => one.reviewerId,
    );
  };

  test('are the newest word of each person, on this plan', () => {
    expect(count([says('a', 'approve'), says('a', 'approve'), says('b', 'approve', 'other')])).toEqual(['a']);
    expect(count([says('a', 'approve'), says('a', 'withdraw')])).toEqual([]);
    expect(count([says('a', 'withdraw'), says('a', 'approve'), says('b', 'approve')])).toEqual(['a', 'b']);
  });

  test('are not those of the author, where the rule says so', () => {
    expect(count([says('author', 'approve'), says('a', 'approve')], true)).toEqual(['a']);
    expect(count([says('author', 'approve')])).toEqual(['author']);
  });
});
