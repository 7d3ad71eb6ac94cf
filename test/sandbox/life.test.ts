import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { listSandboxObjects } from '../../src/sandbox/sandbox-store.js';
import { overlays } from '../../src/sandbox/schema/overlay.js';
import { allTypes } from './all-types.js';
import { openBench, type Bench } from './bench.js';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

describe('a stack of every type', () => {
  test('has every type in use', () => {
    expect(Object.keys(allTypes('1').resource).sort()).toEqual(Object.keys(overlays).sort());
  });

  test('is planned, applied, empty in the second plan, changed, replaced and destroyed without a trace', async () => {
    const accountId = '210000000001';
    const stack = allTypes(accountId);
    const types = Object.keys(stack.resource);
    const kept = types.filter((type) => overlays[type]?.identify !== undefined);
    const workspace = await bench.workspace({ accountId }, stack);
    const { environmentId } = workspace.run;
    const objects = () => listSandboxObjects(bench.database.db, environmentId);

    const first = await workspace.plan();
    expect(Object.keys(first).sort()).toEqual(types.map((type) => `${type}.main`).sort());
    expect(new Set(Object.values(first))).toEqual(new Set(['create']));
    await workspace.must('apply', '-input=false', 'plan.bin');
    expect((await objects()).map((object) => object.type).sort()).toEqual(kept.sort());
    expect(await workspace.plan()).toEqual({});

    await workspace.write(allTypes(accountId, { pods: '30', chartVersion: '2.0.0' }));
    expect(await workspace.plan()).toEqual({
      'docker_container.main': 'update',
      'helm_release.main': 'update',
      'kubernetes_manifest.main': 'update',
      'kubernetes_resource_quota_v1.main': 'update',
    });
    await workspace.must('apply', '-input=false', 'plan.bin');
    expect(await workspace.plan()).toEqual({});

    await workspace.write(allTypes(accountId, { name: 'beta', pods: '30', chartVersion: '2.0.0' }));
    const replaced = await workspace.plan();
    expect(replaced['kubernetes_namespace_v1.main']).toBe('delete+create');
    expect(replaced['helm_release.main']).toBe('delete+create');
    expect(replaced['aws_db_instance.main']).toBe('update');
    await workspace.must('apply', '-input=false', 'plan.bin');
    expect(await workspace.plan()).toEqual({});
    expect((await objects()).every((object) => !object.objectId.includes('acme'))).toBe(true);

    await workspace.must('destroy', '-auto-approve', '-input=false');
    expect(await objects()).toEqual([]);
  }, 120_000);
});
