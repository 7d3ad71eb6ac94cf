/** Whole lives of environments with real terraform on the sandbox: made, nothing left to change, changed in place, gone. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { listSandboxObjects } from '../../../src/sandbox/sandbox-store.js';
import { openBench, type Bench } from '../../sandbox/bench.js';
import { inputOf } from '../inputs.js';
import { kits } from '../kits/kits.js';
import { stackOf } from '../stack-json.js';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

const lives = kits.flatMap((kit) => kit.lives.map((life) => ({ ...life, ref: kit.blueprint.ref, kit })));

describe('the life of an environment', () => {
  test.each(
    lives.map((life, index) => [`${life.ref} ${life.name}`, life, String(310_000_000_001 + index)] as const),
  )('%s', async (_name, { ref, kit, first, then, changed }, accountId) => {
    /** The stack with local state: the address of the real backend comes from the worker. */
    const local = (spec: object) => {
      const { terraform, ...stack } = stackOf(
        inputOf({ ...spec }, { blueprint: ref, cloud_account_id: accountId }),
      );
      return { ...stack, terraform: { required_providers: terraform['required_providers'] } };
    };
    const workspace = await bench.workspace({ accountId }, local(first));
    const secrets = [first, then].flatMap((spec) => kit.blueprint.secrets(kit.blueprint.schema.parse(spec)));
    const values = Object.fromEntries(secrets.map(({ name, length }) => [name, name[0]?.repeat(length)]));
    await writeFile(join(workspace.folder, 'secrets.auto.tfvars.json'), JSON.stringify(values));

    // A data source of what is yet to be made is read during the apply.
    const planned = new Set(Object.values(await workspace.plan()));
    planned.delete('read');
    expect(planned).toEqual(new Set(['create']));
    await workspace.must('apply', '-input=false', 'plan.bin');
    expect(await workspace.plan()).toEqual({});

    await workspace.write(local(then));
    expect(await workspace.plan()).toEqual(changed);
    await workspace.must('apply', '-input=false', 'plan.bin');
    expect(await workspace.plan()).toEqual({});

    await workspace.must('destroy', '-auto-approve', '-input=false');
    expect(await listSandboxObjects(bench.database.db, workspace.run.environmentId)).toEqual([]);
  });
});
