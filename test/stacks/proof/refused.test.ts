/** What `terraform validate` refuses by the derived schemas: without this the proof that all pairs hold could prove nothing. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openBench, type Bench } from '../../sandbox/bench.js';
import { inputOf } from '../inputs.js';
import { appKit } from '../kits/app-kit.js';
import { stackOf, type StackJson } from '../stack-json.js';
import { validateAll } from './validate-all.js';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

type Bodies = Record<string, Record<string, Record<string, unknown>>>;

/** The stack of everything in app@1 with one resource changed. */
function broken(type: string, change: (body: Record<string, unknown>) => void): StackJson {
  const stack = structuredClone(stackOf(inputOf({ ...appKit.everything })));
  change(Object.values((stack.resource as Bodies)[type] ?? {})[0] ?? {});
  return stack;
}

test('an unknown attribute, a missing one, one that only the provider may set, a wrong type and a lost reference', async () => {
  const stacks = new Map<string, StackJson>([
    ['whole', stackOf(inputOf({ ...appKit.everything }))],
    ['unknown', broken('aws_db_instance', (body) => (body['storage_gb'] = 5))],
    ['missing', broken('aws_db_instance', (body) => delete body['instance_class'])],
    ['computed', broken('aws_db_instance', (body) => (body['endpoint'] = 'db.example.com'))],
    ['type', broken('aws_db_instance', (body) => (body['allocated_storage'] = 'much'))],
    ['block', broken('kubernetes_namespace_v1', (body) => delete body['metadata'])],
    ['reference', broken('aws_db_instance', (body) => (body['kms_key_id'] = '${aws_kms_key.none.arn}'))],
  ]);
  const faults = await validateAll(bench, stacks);
  const told = (id: string) => faults.filter((fault) => fault.id === id).map((fault) => fault.text);
  expect(told('whole')).toEqual([]);
  expect(told('unknown')).toEqual([expect.stringContaining('storage_gb')]);
  expect(told('missing')).toEqual([expect.stringContaining('"instance_class" is required')]);
  expect(told('computed')).toEqual([expect.stringContaining('unconfigurable attribute')]);
  expect(told('type')).toEqual([expect.stringContaining('a number is required')]);
  expect(told('block')).toEqual([expect.stringContaining('metadata')]);
  expect(told('reference')).toEqual([expect.stringContaining('aws_kms_key')]);
});
