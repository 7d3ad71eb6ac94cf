import { beforeAll, describe, expect, test } from '@jest/globals';
import { maskPlanText } from '../../src/plan/mask.js';
import { plannedValues } from '../../src/plan/planned-values.js';
import { summarizePlan, type PlanDigest } from '../../src/plan/plan-summary.js';
import { summaryText } from '../../src/plan/summary-text.js';
import { realPlan, type RealPlan } from './real-plan.js';

const secret = 'hunter2-hunter2';
const variable = { secret: { sensitive: true, default: secret } };
const first = {
  variable,
  output: {
    password: { value: '${var.secret}', sensitive: true },
    id: { value: '${terraform_data.kept.id}' },
  },
  resource: {
    terraform_data: {
      kept: { input: 'same' },
      changed: { input: { name: 'a', list: ['x', 'y'], word: '${var.secret}' } },
      replaced: { input: '${var.secret}', triggers_replace: ['v1'] },
      removed: { input: { user: 'u', note: 'n' } },
    },
  },
};
const second = {
  ...first,
  resource: {
    terraform_data: {
      kept: { input: 'same' },
      changed: { input: { name: 'b', list: ['x', 'z'], word: '${var.secret}' } },
      replaced: { input: '${var.secret}', triggers_replace: ['v2'] },
      added: { input: 'url://u:${var.secret}@host' },
    },
  },
};

describe('a plan that changes things', () => {
  let plan: RealPlan;
  let digest: PlanDigest;
  beforeAll(() => {
    plan = realPlan(first, second);
    digest = summarizePlan(plan.json);
  });
  const change = (name: string) => digest.changes.find(({ address }) => address === `terraform_data.${name}`);

  test('is counted, judged and explained', () => {
    expect(digest.summary).toEqual({
      create: 1,
      update: 1,
      replace: 1,
      delete: 1,
      import: 0,
      move: 0,
      read: 0,
      forget: 0,
      no_op: 1,
      output_changes: 0,
      drift: 0,
      destructive: true,
      risk: 'low',
      reasons: [
        {
          code: 'deleted',
          risk: 'low',
          address: 'terraform_data.removed',
          text: 'terraform_data.removed is deleted',
        },
        {
          code: 'replaced',
          risk: 'low',
          address: 'terraform_data.replaced',
          text: 'terraform_data.replaced is deleted and made anew because of triggers_replace',
        },
      ],
      reasons_total: 2,
    });
    expect(summaryText(digest.summary)).toBe('1 to create, 1 to update, 1 to replace, 1 to delete');
  });

  test('names each attribute that differs, before and after', () => {
    expect(change('kept')).toBeUndefined();
    const attributes = change('changed')?.attributes.filter(({ path }) => path.startsWith('input'));
    const plain = { sensitive: false, unknown: false, forces_replacement: false, cause: null };
    expect(attributes).toEqual([
      { path: 'input.list.1', before: 'y', after: 'z', ...plain },
      { path: 'input.name', before: 'a', after: 'b', ...plain },
    ]);
    expect(change('changed')?.attributes.find(({ path }) => path === 'output')).toMatchObject({
      before: { name: 'a', word: '(sensitive)' },
      after: '(known after apply)',
      unknown: true,
    });
  });

  test('names what forces a replacement', () => {
    expect(change('replaced')).toMatchObject({
      action: 'replace',
      reason: 'replace_because_cannot_update',
      replace_paths: ['triggers_replace'],
    });
    expect(change('replaced')?.attributes).toContainEqual({
      path: 'triggers_replace.0',
      before: 'v1',
      after: 'v2',
      sensitive: false,
      unknown: false,
      forces_replacement: true,
      cause: null,
    });
  });

  test('lists what a deletion takes', () => {
    const paths = change('removed')?.attributes.map(({ path, before, after }) => [path, before, after]);
    expect(paths).toContainEqual(['input.user', 'u', null]);
  });

  test('shows no sensitive value anywhere, also where terraform lost the mark', () => {
    expect(plan.text).toContain(secret);
    expect(maskPlanText(plan.text, plan.json)).not.toContain(secret);
    expect(maskPlanText(plan.text, plan.json)).toContain('***');
    expect(JSON.stringify(digest)).not.toContain(secret);
    expect(change('added')?.attributes).toContainEqual(
      expect.objectContaining({ path: 'input', before: null, after: '(sensitive)', sensitive: true }),
    );
  });

  test('gives the planned arguments in clear for import ids', () => {
    const values = plannedValues(plan.json);
    expect([...values.keys()].sort()).toEqual(
      ['added', 'changed', 'kept', 'replaced'].map((name) => `terraform_data.${name}`),
    );
    expect(values.get('terraform_data.added')).toMatchObject({ input: `url://u:${secret}@host` });
  });
});

describe('other plans', () => {
  test('the first plan: everything is made, outputs too, secrets masked', () => {
    const digest = summarizePlan(realPlan(first).json);
    expect(digest.summary).toMatchObject({
      create: 4,
      destructive: false,
      risk: 'low',
      reasons: [],
      output_changes: 2,
    });
    expect(digest.outputs).toEqual([
      { name: 'id', action: 'create', before: null, after: '(known after apply)', sensitive: false },
      { name: 'password', action: 'create', before: null, after: '(sensitive)', sensitive: true },
    ]);
  });

  test('nothing to change is no risk', () => {
    const { summary, changes } = summarizePlan(realPlan(first, first).json);
    expect(summary).toMatchObject({ no_op: 4, risk: 'none', destructive: false });
    expect(summaryText(summary)).toBe('nothing to change');
    expect(changes).toEqual([]);
  });

  test('only an output changes', () => {
    const { summary } = summarizePlan(
      realPlan(first, { ...first, output: { ...first.output, extra: { value: 1 } } }).json,
    );
    expect(summary).toMatchObject({ output_changes: 1, risk: 'low' });
    expect(summaryText(summary)).toBe('only outputs change');
  });

  test('an adoption is counted and keeps its id', () => {
    const adopted = {
      resource: { terraform_data: { a: { input: 'x' } } },
      import: [{ to: 'terraform_data.a', id: 'left' }],
    };
    const { summary, changes } = summarizePlan(realPlan(adopted).json);
    expect(summary).toMatchObject({ import: 1, update: 1, create: 0 });
    expect(changes[0]).toMatchObject({ action: 'update', import_id: 'left' });
    expect(summaryText(summary)).toBe('1 to import, 1 to update');
  });

  test('an address that moved is remembered; a move alone is told as one', () => {
    const moved = {
      resource: { terraform_data: { b: { input: 'y' }, d: { input: 'same' } } },
      moved: [
        { from: 'terraform_data.a', to: 'terraform_data.b' },
        { from: 'terraform_data.c', to: 'terraform_data.d' },
      ],
    };
    const { changes, summary } = summarizePlan(
      realPlan({ resource: { terraform_data: { a: { input: 'x' }, c: { input: 'same' } } } }, moved).json,
    );
    expect(changes).toMatchObject([
      { address: 'terraform_data.b', previous_address: 'terraform_data.a', action: 'update' },
      {
        address: 'terraform_data.d',
        previous_address: 'terraform_data.c',
        action: 'move',
        attributes: [],
        risk: 'low',
      },
    ]);
    expect(summary).toMatchObject({ move: 2, update: 1, no_op: 0, destructive: false, risk: 'low' });
    expect(summaryText(summary)).toBe('2 to move, 1 to update');
  });

  test('an empty stack, and JSON that is no plan', () => {
    expect(summarizePlan({}).summary).toMatchObject({ create: 0, risk: 'none' });
    expect(() => summarizePlan('x')).toThrow();
    expect(() => summarizePlan({ resource_changes: [{ address: 1 }] })).toThrow();
  });
});

test.each(['2.0', '0.9', '11.0'])('a plan of format %s is refused, and what helps is said', (version) => {
  expect(() => summarizePlan({ format_version: version, resource_changes: 'of another form' })).toThrow(
    `the plan is written in format ${version}; this Terrace reads format 1: update Terrace, or set TERRAFORM_BIN to a terraform that writes format 1`,
  );
});

test('a plan of a later minor format is read', () => {
  expect(summarizePlan({ format_version: '1.99', news: true }).summary.risk).toBe('none');
});

test('a long list of reasons is cut, the worst first, and its length is told', () => {
  const of = (type: string, index: number) => ({
    address: `${type}.x${index}`,
    type,
    change: { actions: ['delete'], before: { id: 'a' } },
  });
  const resource_changes = Array.from({ length: 60 }, (_, index) =>
    of(index < 59 ? 'null' : 'aws_db_instance', index),
  );
  const { reasons, reasons_total, risk } = summarizePlan({ resource_changes }).summary;
  expect(reasons).toHaveLength(50);
  expect(reasons_total).toBe(60);
  expect(reasons[0]).toMatchObject({ code: 'database_lost', risk: 'critical' });
  expect(risk).toBe('critical');
});
