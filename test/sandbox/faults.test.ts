import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { faultSchema, faultsSchema, strikes, type Fault } from '../../src/sandbox/faults.js';
import { sandboxAdmin } from '../../src/sandbox/sandbox-admin.js';
import { getFaults, listSandboxObjects, setFaults } from '../../src/sandbox/sandbox-store.js';
import { eventually } from '../support/eventually.js';
import { small } from './all-types.js';
import { openBench, type Bench, type Workspace } from './bench.js';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

const quota = 'kubernetes_resource_quota_v1';
const set = (workspace: Workspace, ...faults: object[]) =>
  setFaults(bench.database.db, workspace.run.environmentId, faultsSchema.parse(faults));
const typesOf = async (workspace: Workspace) =>
  (await listSandboxObjects(bench.database.db, workspace.run.environmentId)).map((object) => object.type);

describe('a fault told to the sandbox', () => {
  test('fails the creation of a type n times, with its message, and then lets it pass', async () => {
    const workspace = await bench.workspace({}, small('fails'));
    await set(workspace, { kind: 'fail', type: quota, message: 'quota service is away', times: 2 });
    for (const left of [1, 0]) {
      const failed = await workspace.apply();
      expect(failed.code).toBe(1);
      expect(failed.stderr).toContain('Error: quota service is away');
      expect(await typesOf(workspace)).toEqual(['kubernetes_namespace_v1']);
      const rest = await getFaults(bench.database.db, workspace.run.environmentId);
      expect(rest.map((fault) => fault.times)).toEqual(left === 0 ? [] : [left]);
    }
    expect((await workspace.apply()).code).toBe(0);
    expect(await typesOf(workspace)).toHaveLength(2);
  });

  test('strikes update, delete, read and plan, each alone', async () => {
    const workspace = await bench.workspace({}, small('strikes'));
    await workspace.must('apply', '-auto-approve');
    await workspace.write(small('strikes', '11'));
    await set(workspace, { kind: 'fail', type: quota, on: 'update', message: 'no update' });
    expect((await workspace.apply()).stderr).toContain('no update');
    await set(workspace, { kind: 'fail', type: quota, on: 'delete', message: 'no delete' });
    expect((await workspace.terraform('destroy', '-auto-approve')).stderr).toContain('no delete');
    await set(workspace, { kind: 'fail', type: quota, on: 'read', message: 'no read' });
    expect((await workspace.terraform('plan')).stderr).toContain('no read');
    await set(workspace, { kind: 'fail', name: 'quota', on: 'plan', message: 'no plan' });
    expect((await workspace.terraform('plan')).stderr).toContain('no plan');
    await set(workspace);
    await workspace.must('destroy', '-auto-approve');
    expect(await typesOf(workspace)).toEqual([]);
  });

  test('drift changes what exists, the plan shows it, and apply puts it right', async () => {
    const workspace = await bench.workspace({}, small('drifts'));
    await workspace.must('apply', '-auto-approve');
    await set(workspace, { kind: 'drift', type: quota, path: 'spec.hard.pods', value: '99' });
    expect(await workspace.plan()).toEqual({ [`${quota}.main`]: 'update' });
    expect(await workspace.plan()).toEqual({ [`${quota}.main`]: 'update' });
    await workspace.must('apply', '-auto-approve');
    expect(await workspace.plan()).toEqual({});
    const labels = ['metadata', 0, 'labels', 'example.com/team'];
    await set(workspace, { kind: 'drift', type: quota, path: labels, value: 'thieves' });
    expect(await workspace.plan()).toEqual({ [`${quota}.main`]: 'update' });
  });

  test('an object that is gone is planned again', async () => {
    const workspace = await bench.workspace({}, small('gone'));
    await workspace.must('apply', '-auto-approve');
    await set(workspace, { kind: 'gone', type: quota });
    expect(await workspace.plan()).toEqual({ [`${quota}.main`]: 'create' });
    await workspace.must('apply', '-auto-approve');
    expect(await typesOf(workspace)).toHaveLength(2);
  });

  test('a delay delays and then goes on', async () => {
    const workspace = await bench.workspace({}, small('delays'));
    await set(workspace, { kind: 'delay', type: quota, delay_ms: 300 });
    const before = Date.now();
    expect((await workspace.apply()).code).toBe(0);
    expect(Date.now() - before).toBeGreaterThanOrEqual(300);
  });

  test('a hang lasts until the fault is removed', async () => {
    const workspace = await bench.workspace({}, small('hangs'));
    await set(workspace, { kind: 'hang', type: quota });
    const { child, done } = await workspace.start('apply', '-auto-approve', '-input=false');
    await eventually('the namespace exists', async () => (await typesOf(workspace)).length === 1);
    expect(child.exitCode).toBeNull();
    await set(workspace);
    expect((await done).code).toBe(0);
    expect(await typesOf(workspace)).toHaveLength(2);
  });

  test('a hanging call ends when terraform is interrupted, and the state is kept', async () => {
    const workspace = await bench.workspace({}, small('stopped'));
    await set(workspace, { kind: 'hang', type: quota, times: 1 });
    const { child, done } = await workspace.start('apply', '-auto-approve', '-input=false');
    await eventually('the hang has begun', async () => {
      const { environmentId } = workspace.run;
      return (await getFaults(bench.database.db, environmentId)).length === 0;
    });
    child.kill('SIGINT');
    const { code, stderr } = await done;
    expect(code).toBe(1);
    expect(stderr).toContain('the call was stopped');
    expect(await workspace.must('state', 'list')).toContain('kubernetes_namespace_v1.main');
    expect((await workspace.apply()).code).toBe(0);
  });

  test.each(['before', 'after'] as const)(
    'a provider that dies %s the change fails the run, and the next one works',
    async (stage) => {
      const workspace = await bench.workspace({}, small(`dies-${stage}`));
      await set(workspace, { kind: 'die', type: quota, stage });
      const died = await workspace.apply();
      expect(died.code).toBe(1);
      expect(died.stderr).toMatch(/Plugin did not respond|rpc error|transport|EOF|unavailable/i);
      expect(await typesOf(workspace)).toHaveLength(stage === 'after' ? 2 : 1);
      const again = await workspace.apply();
      expect(again.code).toBe(stage === 'after' ? 1 : 0);
      if (stage === 'after') expect(again.stderr).toContain('resourcequotas "quota" already exists');
    },
  );

  test('strikes its own environment only', async () => {
    const struck = await bench.workspace({}, small('struck'));
    const spared = await bench.workspace({}, small('spared'));
    await set(struck, { kind: 'fail', type: '*' });
    const [a, b] = await Promise.all([struck.apply(), spared.apply()]);
    expect([a.code, b.code]).toEqual([1, 0]);
  });
});

describe('the list of faults', () => {
  test('says every wrong member at once', async () => {
    const admin = sandboxAdmin(bench.database.db);
    const wrong = [{ kind: 'fail', type: 'AWS!' }, { kind: 'delay' }, { kind: 'gone', extra: 1 }];
    const error = await admin.setFaults('env_x', wrong).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: 'invalid_request',
      errors: [
        { path: 'faults.0.type' },
        { path: 'faults.1.delay_ms' },
        { path: 'faults.2.extra', message: 'unknown field' },
      ],
    });
  });

  test('is replaced as a whole', async () => {
    const admin = sandboxAdmin(bench.database.db);
    await admin.setFaults('env_y', [{ kind: 'gone' }, { kind: 'hang', on: 'read' }]);
    await admin.setFaults('env_y', [{ kind: 'fail', type: quota }]);
    expect(await admin.faults('env_y')).toEqual([faultSchema.parse({ kind: 'fail', type: quota })]);
    await admin.setFaults('env_y', []);
    expect(await admin.faults('env_y')).toEqual([]);
  });

  const fail = (more: object): Fault => faultSchema.parse({ kind: 'fail', ...more });
  test.each([
    [fail({}), 'create', true],
    [fail({}), 'update', false],
    [fail({ type: quota }), 'create', true],
    [fail({ type: 'aws_db_instance' }), 'create', false],
    [fail({ name: 'other' }), 'create', false],
    [fail({ name: 'quota' }), 'create', true],
    [faultSchema.parse({ kind: 'gone' }), 'read', true],
    [faultSchema.parse({ kind: 'gone' }), 'create', false],
  ] as const)('%j on %s: %s', (fault, on, expected) => {
    expect(strikes(fault, { on, type: quota, name: 'quota' })).toBe(expected);
  });
});
