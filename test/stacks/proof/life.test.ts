/**
 * Whole lives of environments with real terraform on the sandbox: made, changed in place, nothing left to change, gone. In the suite
 * the first life of each kit; `make proofs` leads all of them.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { retainedBy } from '../../../src/receipt/receipt.js';
import { listSandboxObjects } from '../../../src/sandbox/sandbox-store.js';
import { openBench, type Bench } from '../../sandbox/bench.js';
import { inputOf } from '../inputs.js';
import { kits } from '../kits/kits.js';
import { judgedPairs, misordered } from './destroy-order.js';
import { stackOf } from '../stack-json.js';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

const all = process.env['PROOFS'] !== undefined;
const lives = kits.flatMap((kit) =>
  (all ? kit.lives : kit.lives.slice(0, 1)).map((life) => ({ ...life, ref: kit.blueprint.ref, kit })),
);

test('an order that the graph does not give is told', () => {
  const node = (address: string) => `"[root] ${address} (destroy)"`;
  const nodes = ['aws_vpc.network', 'aws_subnet.network_private_a', 'aws_db_instance.database'].map(node);
  const [vpc, subnet, database] = nodes;
  const drawn = nodes.map((one) => `${one} [label = "x"]`).join('\n');
  expect(misordered(`${drawn}\n${vpc} -> ${subnet}\n${subnet} -> ${database}`)).toEqual([]);
  expect(misordered(`${drawn}\n${vpc} -> ${subnet}`)).toEqual([
    'aws_vpc.network may go before aws_db_instance.database',
    'aws_subnet.network_private_a may go before aws_db_instance.database',
  ]);
});

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

    // Exactly these: what was made needs no other change.
    await workspace.write(local(then));
    expect(await workspace.plan()).toEqual(changed);
    await workspace.must('apply', '-input=false', 'plan.bin');
    // Exit code 0: nothing is left to change.
    await workspace.must('plan', '-input=false', '-detailed-exitcode');

    await workspace.must('plan', '-destroy', '-input=false', '-out=plan.bin');
    const dot = await workspace.must('graph', '-plan=plan.bin');
    expect(judgedPairs(dot)).toBeGreaterThan(0);
    expect(misordered(dot)).toEqual([]);
    if (dot.includes('aws_db_instance.')) {
      const kept = retainedBy(JSON.parse(await workspace.must('show', '-json', 'plan.bin')));
      const snapshot = { type: 'rds_snapshot', id: expect.stringMatching(/-final$/) };
      expect(kept).toEqual(JSON.stringify(then).includes('"final_snapshot":false') ? [] : [snapshot]);
    }
    await workspace.must('apply', '-input=false', 'plan.bin');
    expect(await listSandboxObjects(bench.database.db, workspace.run.environmentId)).toEqual([]);
  });
});
