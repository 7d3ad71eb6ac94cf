import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { listSandboxObjects } from '../../src/sandbox/sandbox-store.js';
import { openBench, type Bench, type Workspace } from '../sandbox/bench.js';
import { dataShapes, none, sharedCache, sharedDatabase } from './data-shapes.js';
import { inputOf, vpc } from './inputs.js';
import { validateAll } from './proof/validate-all.js';
import { stackOf } from './stack-json.js';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

/** The stack with local state: the address of the real backend comes from the worker. */
function local(spec: Record<string, unknown>, account: string) {
  const { terraform, ...stack } = stackOf(inputOf(spec, { cloud_account_id: account }));
  return { ...stack, terraform: { required_providers: terraform.required_providers } };
}

async function workspaceFor(spec: Record<string, unknown>, accountId: string): Promise<Workspace> {
  const workspace = await bench.workspace({ accountId }, local(spec, accountId));
  const secrets = { database_password: 'd'.repeat(32), cache_password: 'c'.repeat(32) };
  await writeFile(join(workspace.folder, 'secrets.auto.tfvars.json'), JSON.stringify(secrets));
  return workspace;
}

test('every form of a data service holds on the schemas of the providers', async () => {
  const names = Object.keys(dataShapes);
  const stacks = Object.values(dataShapes).map(
    (spec, index) => [`s${index}`, stackOf(inputOf(spec))] as const,
  );
  const faults = await validateAll(bench, new Map(stacks));
  expect(faults.map(({ id, text }) => `${names[Number(id.slice(1))]}: ${text}`)).toEqual([]);
});

interface Life {
  readonly name: string;
  readonly accountId: string;
  /** What is in the account before. @default - nothing */
  readonly before?: object;
  readonly first: Record<string, unknown>;
  readonly then: Record<string, unknown>;
  /** What the second plan changes: in place, every one. */
  readonly changed: Readonly<Record<string, string>>;
}

const update = (...addresses: string[]) => Object.fromEntries(addresses.map((one) => [one, 'update']));

const lives: readonly Life[] = [
  {
    name: 'mysql in the cluster, grown',
    accountId: '320000000001',
    first: { ...none, database: { engine: 'mysql' } },
    then: {
      ...none,
      quota: { storage: '80Gi' },
      database: {
        engine: 'mysql',
        size: 'medium',
        storage_gb: 40,
        backup_days: 14,
        backup: { schedule: '5 3 * * *' },
      },
    },
    changed: update(
      'kubernetes_cron_job_v1.database_backup',
      'kubernetes_persistent_volume_claim_v1.database',
      'kubernetes_persistent_volume_claim_v1.database_backup',
      'kubernetes_resource_quota_v1.quota',
      'kubernetes_stateful_set_v1.database',
    ),
  },
  {
    name: 'managed, made larger and highly available',
    accountId: '320000000002',
    first: {
      network: vpc,
      database: { mode: 'rds', engine: 'mysql', password: 'managed', final_snapshot: false },
      cache: { mode: 'elasticache', deployment: 'serverless' },
    },
    then: {
      network: vpc,
      database: {
        mode: 'rds',
        engine: 'mysql',
        password: 'managed',
        final_snapshot: false,
        size: 'large',
        storage_gb: 60,
        max_storage_gb: 400,
        multi_az: true,
        performance_insights: true,
        backup_days: 30,
        backup_window: '01:00-02:00',
      },
      cache: { mode: 'elasticache', deployment: 'serverless', size: 'large', snapshot_days: 2 },
    },
    changed: update('aws_db_instance.database', 'aws_elasticache_serverless_cache.cache'),
  },
  {
    name: 'on shared servers',
    accountId: '320000000003',
    before: {
      terraform: { required_providers: { kubernetes: { source: 'hashicorp/kubernetes' } } },
      resource: { kubernetes_namespace_v1: { shared: { metadata: { name: 'shared-data' } } } },
    },
    first: { database: sharedDatabase, cache: sharedCache },
    then: {
      database: {
        ...sharedDatabase,
        shared_server: { ...sharedDatabase.shared_server, connections: 50 },
      },
      cache: sharedCache,
    },
    changed: update('postgresql_role.database'),
  },
];

describe('the life of data services', () => {
  test.each(lives)(
    '$name: applied, nothing left to change, changed in place, destroyed without a trace',
    async ({ accountId, before, first, then, changed }) => {
      if (before) await (await bench.workspace({ accountId }, before)).must('apply', '-auto-approve');
      const workspace = await workspaceFor(first, accountId);
      await workspace.must('apply', '-auto-approve', '-input=false');

      // Exactly these: what was made needs no other change.
      await workspace.write(local(then, accountId));
      expect(await workspace.plan()).toEqual(changed);
      await workspace.must('apply', '-input=false', 'plan.bin');
      expect(await workspace.plan()).toEqual({});

      await workspace.must('destroy', '-auto-approve', '-input=false');
      expect(await listSandboxObjects(bench.database.db, workspace.run.environmentId)).toEqual([]);
    },
  );
});
