import { afterAll, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { trace, type Baseline } from '../../src/plan/trace.js';
import { withField } from '../../src/plan/spec-diff.js';
import { appSpecV1 } from '../../stacks/app/spec.js';
import { inputOf } from '../stacks/inputs.js';
import { groups } from './app-fields.js';
import { openGenerator, parsedSpec, stepsTo } from './field-steps.js';

const { generate, close } = openGenerator();
afterAll(close);

async function stackOf(input: Baseline['input']): Promise<string> {
  const stack = await generate(input);
  if (stack === null) throw new Error('the blueprint refuses the spec');
  return stack;
}

async function baselineOf(spec: Record<string, unknown>): Promise<Baseline> {
  const input = inputOf(parsedSpec(spec));
  return { input, stack: await stackOf(input) };
}

describe('every field of app@1', () => {
  test('is in the table of this test', () => {
    const covered = groups.flatMap(({ changes }) => Object.keys(changes));
    const missing = leafPaths(z.toJSONSchema(appSpecV1, { io: 'input', unrepresentable: 'any' })).filter(
      (leaf) => !covered.some((field) => covers(field.split('.'), leaf)),
    );
    expect(missing.map((leaf) => leaf.join('.'))).toEqual([]);
  });

  test.each(groups)(
    '$name: each field changed alone is named by every place that moves',
    async ({ base, changes }) => {
      const before = await baselineOf(base);
      for (const [field, value] of Object.entries(changes)) {
        const spec = withField(before.input.spec, stepsTo(before.input.spec, field), value);
        const traced = await trace(generate, before, await baselineOf(spec as Record<string, unknown>));
        const named = [...new Set(traced.moved.flatMap(({ fields }) => fields))];
        expect([field, traced.engine]).toEqual([field, []]);
        expect(
          named.filter(
            (one) => one !== field && !one.startsWith(`${field}.`) && !field.startsWith(`${one}.`),
          ),
        ).toEqual([]);
        expect([field, named.length > 0]).toEqual([field, true]);
      }
    },
  );
});

/** Paths of the members that hold no further object; `*` is any member of a list. */
function leafPaths(node: unknown, path: readonly string[] = []): string[][] {
  const { properties, items, anyOf } = node as { properties?: object; items?: object; anyOf?: unknown[] };
  if (properties !== undefined)
    return Object.entries(properties).flatMap(([name, member]) => leafPaths(member, [...path, name]));
  const objects = (anyOf ?? []).filter((one) => 'properties' in (one as object));
  if (objects.length > 0 || items === undefined || !('properties' in items)) return [[...path]];
  return leafPaths(items, [...path, '*']);
}

/** The table's field is that leaf, within it, or holds the whole of it; lists are named by a member. */
function covers(field: readonly string[], leaf: readonly string[]): boolean {
  if (leaf.at(-1) === 'name' && leaf.at(-2) === '*') return field.length < leaf.length;
  return leaf.length <= field.length && leaf.every((step, index) => step === '*' || step === field[index]);
}
