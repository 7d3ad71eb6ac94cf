import { describe, expect, test } from '@jest/globals';
import { maskPlanText } from '../../src/plan/mask.js';
import { summarizePlan } from '../../src/plan/plan-summary.js';

const changeOf = (change: object) => ({
  resource_changes: [{ address: 'a.b', type: 'a', change: { actions: ['update'], ...change } }],
});
const attributesOf = (change: object) => summarizePlan(changeOf(change)).changes[0]?.attributes;

describe('masking', () => {
  test('a marked value is masked however short, nested or shaped', () => {
    const attributes = attributesOf({
      before: { pin: '12', nested: { list: [{ key: 'old', open: 1 }] }, all: { a: 1 } },
      after: { pin: '34', nested: { list: [{ key: 'new', open: 2 }] }, all: { a: 2 } },
      before_sensitive: { pin: true, nested: { list: [{ key: true }] }, all: true },
      after_sensitive: { pin: true, nested: { list: [{ key: true }] }, all: true },
    });
    const shown = attributes?.map(({ path, before, after, sensitive }) => [path, before, after, sensitive]);
    expect(shown).toEqual([
      ['pin', '(sensitive)', '(sensitive)', true],
      ['nested.list.0.key', '(sensitive)', '(sensitive)', true],
      ['nested.list.0.open', 1, 2, false],
      ['all', '(sensitive)', '(sensitive)', true],
    ]);
  });

  test('a value that becomes sensitive is masked on both sides', () => {
    const marks = { before_sensitive: {}, after_sensitive: { x: true } };
    expect(attributesOf({ before: { x: 'a' }, after: { x: 'b' }, ...marks })).toMatchObject([
      { before: '(sensitive)', after: '(sensitive)', sensitive: true },
    ]);
  });

  test('what was short, secret and below a branch that is now unknown stays hidden', () => {
    const attributes = attributesOf({
      before: { status: [{ pin: '12', name: 'n' }] },
      after: {},
      after_unknown: { status: true },
      before_sensitive: { status: [{ pin: true }] },
      after_sensitive: {},
    });
    expect(attributes).toMatchObject([
      { path: 'status', before: [{ pin: '(sensitive)', name: 'n' }], after: '(known after apply)' },
    ]);
  });

  test('a sensitive value hidden in base64, in JSON or in a line of a text is found', () => {
    const key = 'line one of the key\n"line two" of the key';
    const json = changeOf({ before: {}, after: { key }, after_sensitive: { key: true } });
    const text = [
      Buffer.from(key).toString('base64'),
      JSON.stringify(key),
      '      line one of the key',
      'other',
    ].join('\n');
    const masked = maskPlanText(text, json);
    expect(masked).not.toMatch(/line one|line two|bGluZ/);
    expect(masked).toContain('other');
  });

  test('a sensitive value of an unchanged resource or of a variable is masked in the rest', () => {
    const json = {
      variables: { token: { value: 'tok-123456' } },
      configuration: { root_module: { variables: { token: { sensitive: true } } } },
      planned_values: {
        root_module: {
          child_modules: [
            {
              resources: [
                { address: 'x.y', type: 'x', values: { p: 'deep-secret' }, sensitive_values: { p: true } },
              ],
            },
          ],
        },
      },
      ...changeOf({
        before: {},
        after: { url: 'https://deep-secret@host', header: 'Bearer tok-123456', open: 'shown' },
      }),
    };
    const shown = summarizePlan(json).changes[0]?.attributes.map(({ path, after }) => [path, after]);
    expect(shown).toEqual([
      ['url', '(sensitive)'],
      ['header', '(sensitive)'],
      ['open', 'shown'],
    ]);
    expect(maskPlanText('a tok-123456 b deep-secret', json)).toBe('a *** b ***');
  });

  test('flags marked sensitive do not mask every true', () => {
    const json = changeOf({ before: {}, after: { on: true, other: 'true' }, after_sensitive: { on: true } });
    expect(maskPlanText('enabled = true', json)).toBe('enabled = true');
  });
});
