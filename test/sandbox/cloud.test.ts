import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { listSandboxObjects } from '../../src/sandbox/sandbox-store.js';
import { allTypes, providers, small } from './all-types.js';
import { openBench, type Bench, type Workspace } from './bench.js';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

const accountOfAll = '310000000003';
let made: Promise<Workspace> | undefined;
/** An environment of every type that is made once: no test changes its objects. */
const everyType = () => (made ??= makeEveryType());
async function makeEveryType(): Promise<Workspace> {
  const stack = allTypes(accountOfAll, { password: 'first-secret-1' });
  const workspace = await bench.workspace({ accountId: accountOfAll }, stack);
  await workspace.must('apply', '-auto-approve');
  return workspace;
}

const only = (provider: object, resource: object) => ({ ...providers, provider, resource });
const kubernetes = { kubernetes: [{}] };
const aws = { aws: [{ region: 'eu-central-1' }] };

describe('what exists already', () => {
  test('clashes between environments of one cloud account, and not between accounts', async () => {
    const accountId = '310000000001';
    const first = await bench.workspace({ accountId }, small('shared'));
    const second = await bench.workspace({ accountId }, small('shared'));
    const elsewhere = await bench.workspace({ accountId: '310000000002' }, small('shared'));
    await first.must('apply', '-auto-approve');
    const clash = await second.apply();
    expect(clash.code).toBe(1);
    expect(clash.stderr).toContain('namespaces "shared" already exists');
    expect((await elsewhere.apply()).code).toBe(0);
  });

  test('is named in the words of each provider', async () => {
    await everyType();
    const second = await bench.workspace({ accountId: accountOfAll }, allTypes(accountOfAll));
    const { stderr } = await second.apply();
    const text = stderr.replace(/\s+/g, ' ');
    expect(text).toContain('namespaces "acme" already exists');
    expect(text).toContain('DBSubnetGroupAlreadyExists');
    expect(text).toContain('InvalidGroup.Duplicate');
    expect(text).toContain('Parameter group acme already exists');
    expect(text).toContain('CacheSubnetGroupAlreadyExists');
  });
});

describe('import', () => {
  test('adopts objects that another state made; the plan after it changes secrets only', async () => {
    const accountId = '310000000004';
    const maker = await bench.workspace({ accountId }, allTypes(accountId));
    await maker.must('apply', '-auto-approve');
    const outputs = JSON.parse(await maker.must('output', '-json')) as Record<string, { value: string }>;
    const made = await listSandboxObjects(bench.database.db, maker.run.environmentId);
    const ids = Object.fromEntries(made.map((object) => [`${object.type}.main`, object.objectId]));
    ids['random_password.main'] = outputs['password']?.value ?? '';
    ids['random_id.main'] = Buffer.from(outputs['suffix']?.value ?? '', 'hex').toString('base64url');
    const adopter = await bench.workspace(
      { accountId },
      { ...allTypes(accountId), import: Object.entries(ids).map(([to, id]) => ({ to, id })) },
    );
    expect(await adopter.plan()).toEqual({
      'aws_db_instance.main': 'update',
      'aws_elasticache_replication_group.main': 'update',
      'aws_elasticache_user.main': 'update',
      'aws_secretsmanager_secret_version.main': 'delete+create',
      // An image cannot be imported; to make it is to find it there.
      'docker_image.main': 'create',
      'helm_release.main': 'update',
      'kubernetes_secret_v1.main': 'update',
      'postgresql_role.main': 'update',
    });
    await adopter.must('apply', '-input=false', 'plan.bin');
    expect(await adopter.plan()).toEqual({});
  });

  test('of what does not exist is refused', async () => {
    const workspace = await bench.workspace({}, small('nothing'));
    const { code, stderr } = await workspace.terraform('import', 'kubernetes_namespace_v1.main', 'nothing');
    expect(code).toBe(1);
    expect(stderr).toContain('Cannot import non-existent remote object');
  });
});

describe('the cluster', () => {
  test('refuses objects in a namespace that does not exist', async () => {
    const orphan = { metadata: [{ name: 'a', namespace: 'nowhere' }], data: { a: 'b' } };
    const workspace = await bench.workspace(
      {},
      only(kubernetes, { kubernetes_config_map_v1: { main: orphan } }),
    );
    expect((await workspace.apply()).stderr).toContain('namespaces "nowhere" not found');
  });

  test('deletes with a namespace all that lives in it', async () => {
    const accountId = '310000000005';
    const owner = await bench.workspace({ accountId }, small('home'));
    await owner.must('apply', '-auto-approve');
    const guest = { metadata: [{ name: 'guest', namespace: 'home' }], data: { a: 'b' } };
    const other = await bench.workspace(
      { accountId },
      only(kubernetes, { kubernetes_config_map_v1: { main: guest } }),
    );
    await other.must('apply', '-auto-approve');
    await owner.must('destroy', '-auto-approve');
    expect(await other.plan()).toEqual({ 'kubernetes_config_map_v1.main': 'create' });
  });

  test('refuses in the plan already what it would refuse later', async () => {
    const named = (name: string, more: object = {}) => ({ metadata: [{ name, ...more }] });
    const workspace = await bench.workspace(
      {},
      only(kubernetes, {
        kubernetes_namespace_v1: {
          form: named('Not_A_Name'),
          length: named('x'.repeat(64)),
          label: named('x', { labels: { a: 'no spaces' } }),
        },
        kubernetes_secret_v1: { main: { ...named('x'), data: { 'a b': '1' } } },
        kubernetes_resource_quota_v1: { main: { ...named('x'), spec: [{ hard: { cpu: 'many' } }] } },
        kubernetes_service_v1: { main: { ...named('x'), spec: [{ port: [{ port: 70000 }] }] } },
      }),
    );
    const { code, stderr } = await workspace.terraform('plan', '-input=false');
    expect(code).toBe(1);
    // One error each, by the address that it names.
    const texts = stderr.split('Error: ').map((text) => text.replace(/[\s│]+/g, ' '));
    const told = (address: string) => texts.filter((text) => text.includes(`with ${address},`));
    const expected = {
      'kubernetes_namespace_v1.form': 'a lowercase RFC 1123 label is required',
      'kubernetes_namespace_v1.length': 'no more than 63 characters',
      'kubernetes_namespace_v1.label': 'a label value has',
      'kubernetes_secret_v1.main': 'a valid key consists of',
      'kubernetes_resource_quota_v1.main': 'quantities must match',
      'kubernetes_service_v1.main': 'must be between 1 and 65535',
    };
    for (const [address, text] of Object.entries(expected))
      expect([address, told(address)]).toEqual([address, [expect.stringContaining(text)]]);
  });

  test('refuses what only the provider may set', async () => {
    const own = { kubernetes_namespace_v1: { main: { metadata: [{ name: 'x', uid: 'mine' }] } } };
    const workspace = await bench.workspace({}, only(kubernetes, own));
    const { code, stderr } = await workspace.terraform('plan', '-input=false');
    expect(code).toBe(1);
    expect(stderr.replace(/\s+/g, ' ')).toContain('Value for unconfigurable attribute');
  });
});

describe('the AWS account', () => {
  const database = (more: object) => ({
    aws_db_instance: {
      main: {
        identifier: 'kept',
        engine: 'postgres',
        instance_class: 'db.t4g.micro',
        allocated_storage: 20,
        ...more,
      },
    },
  });

  test('keeps a database that is protected from deletion', async () => {
    const workspace = await bench.workspace(
      {},
      only(aws, database({ deletion_protection: true, skip_final_snapshot: true })),
    );
    await workspace.must('apply', '-auto-approve');
    expect((await workspace.terraform('destroy', '-auto-approve')).stderr).toContain(
      'Cannot delete protected DB Instance',
    );
    await workspace.write(only(aws, database({ deletion_protection: false, skip_final_snapshot: true })));
    await workspace.must('apply', '-auto-approve');
    await workspace.must('destroy', '-auto-approve');
  });

  test('refuses a provider of another account or region', async () => {
    const account = only(
      { aws: [{ region: 'eu-central-1', allowed_account_ids: ['999999999999'] }] },
      database({}),
    );
    const region = only({ aws: [{ region: 'us-east-1' }] }, database({}));
    const workspace = await bench.workspace({ accountId: '310000000006' }, account);
    expect((await workspace.terraform('plan')).stderr).toContain('AWS account ID not allowed: 310000000006');
    await workspace.write(region);
    expect((await workspace.terraform('plan')).stderr).toContain('configured for region us-east-1');
  });

  test('renames a database in place and replaces it when the engine changes', async () => {
    const workspace = await bench.workspace({}, only(aws, database({ skip_final_snapshot: true })));
    await workspace.must('apply', '-auto-approve');
    await workspace.write(only(aws, database({ skip_final_snapshot: true, identifier: 'renamed' })));
    expect(await workspace.plan()).toEqual({ 'aws_db_instance.main': 'update' });
    await workspace.must('apply', '-input=false', 'plan.bin');
    const objects = await listSandboxObjects(bench.database.db, workspace.run.environmentId);
    expect(objects.map((object) => object.objectId)).toEqual(['renamed']);
    await workspace.write(
      only(aws, database({ skip_final_snapshot: true, identifier: 'renamed', engine: 'mysql' })),
    );
    expect(await workspace.plan()).toEqual({ 'aws_db_instance.main': 'delete+create' });
  });
});

describe('secrets', () => {
  test('are not kept in clear, and a change of one is still seen', async () => {
    const workspace = await everyType();
    const text = JSON.stringify(await listSandboxObjects(bench.database.db, workspace.run.environmentId));
    expect(text).not.toContain('first-secret-1');
    expect(text).not.toContain('sixteen-chars-or-more');
    expect(text).toContain('sha256:');
    await workspace.write(allTypes(accountOfAll, { password: 'second-secret-2' }));
    expect(Object.keys(await workspace.plan()).sort()).toEqual([
      'aws_db_instance.main',
      'aws_elasticache_user.main',
      'aws_secretsmanager_secret_version.main',
      'helm_release.main',
      'kubernetes_secret_v1.main',
      'postgresql_role.main',
    ]);
  });
});
