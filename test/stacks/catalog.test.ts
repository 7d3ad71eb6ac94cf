import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { catalogOf } from '../../src/spec/blueprint.js';
import { builtIn } from '../../stacks/catalog.js';
import { builtInWorkshop } from '../../stacks/synth/builders.js';
import { inputOf } from './inputs.js';
import { addressesOf, stackOf } from './stack-json.js';

const catalog = catalogOf(builtIn);

/** An address with `*` for any text, as a pattern. */
function pattern(address: string): RegExp {
  return new RegExp(`^${address.replace(/[.[\]]/g, '\\$&').replaceAll('*', '.*')}$`);
}

describe.each(builtIn.map((one) => [one.ref, one] as const))('%s', (ref, one) => {
  test('has valid examples and a JSON Schema without required fields', () => {
    for (const { name, spec } of one.examples)
      expect([name, one.schema.safeParse(spec).error]).toEqual([name, undefined]);
    const schema = z.toJSONSchema(one.schema, { io: 'input', unrepresentable: 'any' });
    expect(schema.additionalProperties).toBe(false);
  });

  test('declares the outputs of its examples, no more and no less secret', () => {
    const declared = new Map(one.outputs.map((output) => [output.name, output.secret]));
    for (const { spec } of one.examples)
      for (const [name, { sensitive = false }] of Object.entries(
        stackOf(inputOf({ ...spec }, { blueprint: ref })).output,
      ))
        expect([name, declared.get(name)]).toEqual([name, sensitive]);
  });

  test('names the spec fields that each resource of its examples stems from', () => {
    for (const { spec } of one.examples)
      for (const address of addressesOf(stackOf(inputOf({ ...spec }, { blueprint: ref }))))
        expect([address, one.sources.some((source) => pattern(source.address).test(address))]).toEqual([
          address,
          true,
        ]);
  });

  test('has code that makes its stack', () => {
    expect(builtInWorkshop.builders[ref]).toBeDefined();
  });
});

test('a ref without version is the newest, an unknown one is undefined', () => {
  expect(catalog.find('app')?.ref).toBe('app@1');
  expect(catalog.find('app@1')?.ref).toBe('app@1');
  for (const ref of ['app@2', 'App', '', 'toString', 'app@']) expect(catalog.find(ref)).toBeUndefined();
  const next = { ...builtIn[0]!, version: 2, ref: 'app@2' };
  expect(catalogOf([...builtIn, next]).find('app')?.ref).toBe('app@2');
  expect(() => catalogOf([...builtIn, builtIn[0]!])).toThrow('there are two blueprints app@1');
});
