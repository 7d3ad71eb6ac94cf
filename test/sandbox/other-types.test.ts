import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { listSandboxObjects } from '../../src/sandbox/sandbox-store.js';
import { allTypes, providers } from './all-types.js';
import { openBench, type Bench } from './bench.js';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

type Resources = Readonly<Record<string, { readonly main: object }>>;
const every: Resources = allTypes('1').resource;

/** The named types of the stack of every type, some members given otherwise. */
function stack(types: readonly string[], changes: Readonly<Record<string, object>> = {}) {
  const entries = types.map((type) => [type, { main: { ...every[type]?.main, ...changes[type] } }]);
  const { aws: _aws, ...provider } = providers.provider;
  return { ...providers, provider, resource: Object.fromEntries(entries) as object };
}

describe('a Docker host', () => {
  const types = ['docker_network', 'docker_volume', 'docker_image', 'docker_container'];

  test('limits a container in place, replaces it for anything else, and keeps its volume', async () => {
    const workspace = await bench.workspace({}, stack(types));
    await workspace.must('apply', '-auto-approve');
    await workspace.write(stack(types, { docker_container: { memory: 64, restart: 'always' } }));
    expect(await workspace.plan()).toEqual({ 'docker_container.main': 'update' });
    await workspace.must('apply', '-input=false', 'plan.bin');
    await workspace.write(stack(types, { docker_container: { memory: 64, env: ['MODE=test'] } }));
    expect(await workspace.plan()).toEqual({ 'docker_container.main': 'delete+create' });
    await workspace.must('apply', '-input=false', 'plan.bin');
    expect(await workspace.plan()).toEqual({});
  });
});

describe('a shared PostgreSQL server', () => {
  const types = ['postgresql_role', 'postgresql_database', 'postgresql_schema', 'postgresql_grant'];

  test('changes a password and privileges in place, and replaces a grant to another object', async () => {
    const workspace = await bench.workspace({}, stack(types));
    await workspace.must('apply', '-auto-approve');
    const changed = {
      postgresql_role: { password: 'other-horse-2' },
      postgresql_grant: { privileges: ['USAGE'] },
    };
    await workspace.write(stack(types, changed));
    expect(await workspace.plan()).toEqual({
      'postgresql_role.main': 'update',
      'postgresql_grant.main': 'update',
    });
    await workspace.must('apply', '-input=false', 'plan.bin');
    await workspace.write(stack(types, { ...changed, postgresql_grant: { object_type: 'table' } }));
    expect(await workspace.plan()).toEqual({ 'postgresql_grant.main': 'delete+create' });
    const text = JSON.stringify(await listSandboxObjects(bench.database.db, workspace.run.environmentId));
    expect(text).toContain('sha256:');
    expect(text).not.toContain('horse');
  });

  test('lets a schema be taken over, and a role not', async () => {
    const accountId = '310000000101';
    const shared = { postgresql_schema: { database: 'shared', owner: 'postgres' } };
    const first = await bench.workspace(
      { accountId },
      stack(['postgresql_schema', 'postgresql_role'], shared),
    );
    await first.must('apply', '-auto-approve');
    const second = await bench.workspace(
      { accountId },
      stack(['postgresql_schema', 'postgresql_role'], shared),
    );
    expect((await second.apply()).stderr).toContain('role "acme" already exists');
    const objects = await listSandboxObjects(bench.database.db, second.run.environmentId);
    expect(objects.map((object) => object.objectId)).toEqual(['shared.acme']);
  });
});

describe('the cluster', () => {
  const claim = (storage: string) => ({
    kubernetes_persistent_volume_claim_v1: {
      spec: [{ access_modes: ['ReadWriteOnce'], resources: [{ requests: { storage } }] }],
    },
  });
  const claimTypes = ['kubernetes_namespace_v1', 'kubernetes_persistent_volume_claim_v1'];

  test('grows a claim in place and replaces it when it is to shrink', async () => {
    const workspace = await bench.workspace({}, stack(claimTypes, claim('10Gi')));
    await workspace.must('apply', '-auto-approve');
    await workspace.write(stack(claimTypes, claim('0.02Ti')));
    expect(await workspace.plan()).toEqual({ 'kubernetes_persistent_volume_claim_v1.main': 'update' });
    await workspace.must('apply', '-input=false', 'plan.bin');
    await workspace.write(stack(claimTypes, claim('5Gi')));
    expect(await workspace.plan()).toEqual({
      'kubernetes_persistent_volume_claim_v1.main': 'delete+create',
    });
  });

  const types = ['kubernetes_namespace_v1', 'random_id', 'kubernetes_manifest'];
  const monitor = (name: string, spec: object) => ({
    kubernetes_manifest: {
      manifest: {
        apiVersion: 'monitoring.coreos.com/v1',
        kind: 'ServiceMonitor',
        metadata: { name, namespace: '${kubernetes_namespace_v1.main.metadata[0].name}' },
        spec,
      },
    },
  });

  test('takes manifests of any shape, with values that only the apply tells, and any type', async () => {
    const spec = {
      jobLabel: '${random_id.main.hex}',
      endpoints: '${tolist([{ port = "metrics", honorLabels = true }])}',
      targetLabels: null,
      sampleLimit: 0.5,
    };
    const workspace = await bench.workspace({}, stack(types, monitor('web', spec)));
    await workspace.must('apply', '-auto-approve');
    expect(await workspace.plan()).toEqual({});
    const [kept] = (await listSandboxObjects(bench.database.db, workspace.run.environmentId)).filter(
      (object) => object.type === 'kubernetes_manifest',
    );
    expect(kept?.objectId).toBe(
      'apiVersion=monitoring.coreos.com/v1,kind=ServiceMonitor,namespace=acme,name=web',
    );
    expect(kept?.value['object']).toMatchObject({
      value: { spec: { endpoints: [{ port: 'metrics', honorLabels: true }], sampleLimit: 0.5 } },
    });

    await workspace.write(stack(types, monitor('web', { ...spec, sampleLimit: 7 })));
    expect(await workspace.plan()).toEqual({ 'kubernetes_manifest.main': 'update' });
    await workspace.must('apply', '-input=false', 'plan.bin');
    await workspace.write(stack(types, monitor('api', { ...spec, sampleLimit: 7 })));
    expect(await workspace.plan()).toEqual({ 'kubernetes_manifest.main': 'delete+create' });
    await workspace.must('apply', '-input=false', 'plan.bin');
    expect(await workspace.plan()).toEqual({});
  });

  test.each([
    [
      'kubernetes_manifest',
      { manifest: { apiVersion: 'v1', metadata: { name: 'x' } } },
      'missing required member "kind"',
    ],
    [
      'kubernetes_cron_job_v1',
      {
        metadata: [{ name: 'x' }],
        spec: [
          {
            schedule: 'daily',
            job_template: [{ metadata: [{}], spec: [{ template: [{ metadata: [{}] }] }] }],
          },
        ],
      },
      'expected exactly 5 fields',
    ],
    ['kubernetes_priority_class_v1', { value: 2_000_000_000 }, 'maximum allowed value'],
    ['random_password', { length: 3, min_upper: 4 }, 'must be at least 4'],
  ])('refuses %s in the plan already: %j', async (type, change, message) => {
    const workspace = await bench.workspace({}, { ...stack([type], { [type]: change }) });
    const { code, stderr } = await workspace.terraform('plan', '-input=false');
    expect(code).toBe(1);
    expect(stderr.replace(/\s+/g, ' ')).toContain(message);
  });
});
