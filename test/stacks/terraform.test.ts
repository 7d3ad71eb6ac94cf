import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { listSandboxObjects } from '../../src/sandbox/sandbox-store.js';
import { openBench, type Bench, type Workspace } from '../sandbox/bench.js';
import { inputOf, release, shapes, vpc } from './inputs.js';
import { stackOf } from './stack-json.js';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

/** The stack with local state: the address of the real backend comes from the worker. */
function local(spec: Record<string, unknown>, account = '123456789012') {
  const { terraform, ...stack } = stackOf(inputOf(spec, { cloud_account_id: account }));
  return { ...stack, terraform: { required_providers: terraform.required_providers } };
}

async function workspaceFor(stack: object, accountId?: string): Promise<Workspace> {
  const workspace = await bench.workspace({ ...(accountId ? { accountId } : {}) }, stack);
  const secrets = { database_password: 'd'.repeat(32), cache_password: 'c'.repeat(32) };
  await writeFile(join(workspace.folder, 'secrets.auto.tfvars.json'), JSON.stringify(secrets));
  return workspace;
}

test('every shape holds on the schemas of the providers', async () => {
  const workspace = await workspaceFor(local({}));
  for (const spec of shapes) {
    await workspace.write(local(spec));
    const told = JSON.parse((await workspace.terraform('validate', '-json')).stdout) as {
      diagnostics: unknown;
    };
    expect([spec, told.diagnostics]).toEqual([spec, []]);
  }
});

const common = { release, ingress: { host: 'shop.example.com' }, variables: { A: '${not_a_reference}' } };

interface Life {
  readonly name: string;
  readonly accountId: string;
  readonly first: Record<string, unknown>;
  readonly then: Record<string, unknown>;
  /** What the second plan changes: in place, every one. */
  readonly changed: Readonly<Record<string, string>>;
}

const managed = { ...common, network: vpc, database: { mode: 'rds', final_snapshot: false } };

const lives: readonly Life[] = [
  {
    name: 'in the cluster',
    accountId: '310000000001',
    first: common,
    then: {
      ...common,
      quota: { cpu: '6' },
      database: { size: 'medium' },
      ingress: { host: 'new.example.com' },
    },
    changed: {
      'helm_release.app': 'update',
      'kubernetes_config_map_v1.variables': 'update',
      'kubernetes_ingress_v1.ingress': 'update',
      'kubernetes_resource_quota_v1.quota': 'update',
      'kubernetes_stateful_set_v1.database': 'update',
    },
  },
  {
    name: 'with managed data services',
    accountId: '310000000002',
    first: { ...managed, cache: { mode: 'elasticache' } },
    then: {
      ...managed,
      database: { ...managed.database, size: 'large', storage_gb: 40, multi_az: true },
      cache: { mode: 'elasticache', replicas: 2 },
    },
    changed: { 'aws_db_instance.database': 'update', 'aws_elasticache_replication_group.cache': 'update' },
  },
];

describe('the life of an environment', () => {
  test.each(lives)(
    '$name: applied, nothing left to change, changed in place, destroyed without a trace',
    async ({ accountId, first, then, changed }) => {
      const workspace = await workspaceFor(local(first, accountId), accountId);
      const planned = await workspace.plan();
      expect(new Set(Object.values(planned))).toEqual(new Set(['create']));
      await workspace.must('apply', '-input=false', 'plan.bin');
      expect(await workspace.plan()).toEqual({});

      await workspace.write(local(then, accountId));
      expect(await workspace.plan()).toEqual(changed);
      await workspace.must('apply', '-input=false', 'plan.bin');
      expect(await workspace.plan()).toEqual({});

      await workspace.must('destroy', '-auto-approve', '-input=false');
      expect(await listSandboxObjects(bench.database.db, workspace.run.environmentId)).toEqual([]);
    },
  );
});
