import { afterAll, afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { appError } from '../../src/errors/app-error.js';
import { sha256 } from '../../src/lib/hash.js';
import type { JournalEntry } from '../../src/terraform/apply-events.js';
import { deadlineOf } from '../../src/config/limits.js';
import { importResource } from '../../src/terraform/import-resource.js';
import { buildTerraformEnv } from '../../src/terraform/terraform-env.js';
import {
  applyPlan,
  planTerraform,
  readErroredState,
  showPlan,
  type TerraformContext,
} from '../../src/terraform/terraform.js';
import { smallDisk } from '../support/small-disk.js';
import { script, tempFolder, terraformBin } from './support.js';

let folder: string;
let remove: () => void;
let lines: string[];
beforeEach(() => {
  ({ folder, remove } = tempFolder());
  lines = [];
});
afterEach(() => remove());

type Resources = Readonly<Record<string, unknown>>;

async function context(
  resources: Resources,
  more: Partial<TerraformContext> = {},
): Promise<TerraformContext> {
  const stack = {
    terraform: { backend: { local: { path: 'state.json' } } },
    resource: { terraform_data: resources },
  };
  const { workDir = folder } = more;
  writeFileSync(join(workDir, 'main.tf.json'), JSON.stringify({ ...stack, terraform: {} }));
  return {
    tool: { bin: terraformBin(), version: '1.11.4' },
    workDir,
    env: await buildTerraformEnv({ workDir }),
    timeoutMs: 60_000,
    onLine: (line) => void lines.push(line),
    ...more,
  };
}

function state(): { resources: { name: string }[] } {
  return JSON.parse(readFileSync(join(folder, 'terraform.tfstate'), 'utf8')) as {
    resources: { name: string }[];
  };
}

const runs = (command: string) => ({ provisioner: [{ 'local-exec': { command } }] });

/** Applies `quick`, then hangs in `slow` until it is stopped. */
const slowStack = {
  quick: { input: 'x' },
  slow: { depends_on: ['terraform_data.quick'], ...runs('echo hanging; exec sleep 300') },
};

describe('plan', () => {
  test('a plan is a file with its hash, its rendering, and whether it changes anything', async () => {
    const ctx = await context({ a: { input: 'x' } });
    const plan = await planTerraform(ctx);
    expect(plan.hasChanges).toBe(true);
    expect(plan.planSha256).toBe(sha256(plan.planFile));
    expect(plan.text).toContain('# terraform_data.a will be created');
    expect(plan.text).toMatch(/Plan: 1 to add, 0 to change, 0 to destroy\.\n$/);
    await applyPlan(ctx, plan.planFile, () => undefined);
    const second = await planTerraform(ctx);
    expect(second.hasChanges).toBe(false);
    expect(second.text).toMatch(/^No changes\./);
    expect(lines.some((line) => line.startsWith('terraform_data.a: Refreshing state...'))).toBe(true);
    expect(second.text).not.toContain('Refreshing');
  });

  test('show gives the plan as JSON and none of it goes into the log', async () => {
    const ctx = await context({ a: { input: 'x'.repeat(500_000) } });
    await planTerraform(ctx);
    lines = [];
    const { json } = await showPlan(ctx);
    expect(json).toMatchObject({
      resource_changes: [{ address: 'terraform_data.a', change: { actions: ['create'] } }],
    });
    expect(lines).toEqual([]);
  });

  test('a destroy plan deletes', async () => {
    const ctx = await context({ a: { input: 'x' } });
    await applyPlan(ctx, (await planTerraform(ctx)).planFile, () => undefined);
    const plan = await planTerraform(ctx, { destroy: true });
    expect(plan.text).toContain('# terraform_data.a will be destroyed');
    await applyPlan(ctx, plan.planFile, () => undefined);
    expect(state().resources).toEqual([]);
  });

  test('a fault is told by summary and place, without paths; the rest is for the log', async () => {
    const ctx = await context({ a: { input: '${file("/nowhere/at/all")}' }, b: { inputt: 'x' } });
    const failure = planTerraform(ctx, {});
    await expect(failure).rejects.toMatchObject({
      code: 'plan_failed',
      message: expect.stringMatching(
        /^terraform could not plan: (Invalid function argument|Extraneous JSON object property)$/,
      ),
      detail: expect.stringContaining('Error: '),
    });
  });

  test('a plan past its limit names the limit', async () => {
    const bin = script(folder, 'slow-terraform', 'trap "exit 1" INT; while :; do sleep 0.02; done');
    const ctx = await context({}, { tool: { bin, version: '0' }, timeoutMs: 300 });
    await expect(planTerraform(ctx)).rejects.toMatchObject({
      code: 'phase_timeout',
      message: 'terraform plan took longer than its limit of 0.3 s (PROVISIONING_TIMEOUT)',
    });
  });

  test('commands with one deadline have it together: the one it meets is stopped, a later one ends at once', async () => {
    const bin = script(folder, 'slow-terraform', 'trap "exit 1" INT; while :; do sleep 0.02; done');
    const deadline = deadlineOf({ name: 'ROLLBACK_TIMEOUT', ms: 300 });
    const ctx = await context({}, { tool: { bin, version: '0' }, deadline });
    for (const work of [planTerraform(ctx), planTerraform(ctx).catch(() => planTerraform(ctx))])
      await expect(work).rejects.toMatchObject({
        code: 'phase_timeout',
        message: 'the limit of 0.3 s (ROLLBACK_TIMEOUT) was over during terraform plan, which was stopped',
        extra: { limit: 'ROLLBACK_TIMEOUT', limit_seconds: 0.3 },
      });
  });

  test('a terraform that falls silent is stopped and the silence is named, one that goes on talking is not', async () => {
    const body =
      'trap "exit 1" INT; for i in $(seq 15); do echo "a$i: Reading..."; sleep 0.1; done; while :; do sleep 0.02; done';
    const bin = script(folder, 'silent-terraform', body);
    const silence = { name: 'SILENCE_TIMEOUT', ms: 1_000 };
    const ctx = await context({}, { tool: { bin, version: '0' }, silence });
    await expect(planTerraform(ctx)).rejects.toMatchObject({
      code: 'phase_timeout',
      message: 'terraform plan wrote nothing for 1 s (SILENCE_TIMEOUT) and was stopped',
      extra: { limit: 'SILENCE_TIMEOUT', limit_seconds: 1 },
    });
    expect(lines).toContain('a15: Reading...');
  });

  test('a run stopped for a reason of ours fails with that reason', async () => {
    const abort = new AbortController();
    abort.abort(appError('lease_lost', 'run run_1 was taken over by another worker'));
    const ctx = await context({}, { signal: abort.signal });
    await expect(planTerraform(ctx)).rejects.toMatchObject({ code: 'lease_lost', message: /run_1/ });
  });
});

describe('apply', () => {
  test('each resource is in the journal when it starts and when it is finished', async () => {
    const ctx = await context({ a: { input: 'x' }, b: { depends_on: ['terraform_data.a'] } });
    const { planFile } = await planTerraform(ctx);
    const journal: JournalEntry[] = [];
    await applyPlan(ctx, planFile, (entry) => void journal.push(entry));
    expect(journal.map(({ address, action, step }) => `${step} ${action} ${address}`)).toEqual([
      'started create terraform_data.a',
      'finished create terraform_data.a',
      'started create terraform_data.b',
      'finished create terraform_data.b',
    ]);
    expect(journal[1]).toMatchObject({
      resourceType: 'terraform_data',
      idKey: 'id',
      idValue: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    expect(lines).toContain('Apply complete! Resources: 2 added, 0 changed, 0 destroyed.');
    expect(lines.filter((line) => line.startsWith('{'))).toEqual([]);
  });

  test('exactly the saved plan is applied, whatever the stack says now', async () => {
    const { planFile } = await planTerraform(await context({ a: { input: 'reviewed' } }));
    const ctx = await context({ b: { input: 'smuggled' } });
    await applyPlan(ctx, planFile, () => undefined);
    expect(state().resources.map(({ name }) => name)).toEqual(['a']);
  });

  test('a plan made before another apply is refused', async () => {
    const ctx = await context({ a: { input: 'x' } });
    const { planFile } = await planTerraform(ctx);
    await applyPlan(ctx, planFile, () => undefined);
    await expect(applyPlan(ctx, planFile, () => undefined)).rejects.toMatchObject({
      code: 'apply_failed',
      message: 'terraform could not apply: Saved plan is stale',
    });
  });

  test('a failing resource is named; what was finished is in the state', async () => {
    const ctx = await context({
      a: { input: 'x' },
      b: { depends_on: ['terraform_data.a'], ...runs('echo boo; exit 3') },
    });
    const { planFile } = await planTerraform(ctx);
    const journal: JournalEntry[] = [];
    await expect(applyPlan(ctx, planFile, (entry) => void journal.push(entry))).rejects.toMatchObject({
      code: 'apply_failed',
      message: 'terraform could not apply: local-exec provisioner error (terraform_data.b)',
      detail: expect.stringContaining('exit status 3'),
    });
    expect(journal.at(-1)).toMatchObject({ address: 'terraform_data.b', action: 'create', step: 'errored' });
    expect(state().resources.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(await readErroredState(folder)).toBeUndefined();
  });

  test('a cancel in mid-apply saves the state and says canceled', async () => {
    const abort = new AbortController();
    const onLine = (line: string) => {
      if (line.includes('hanging') && !line.includes('Executing')) abort.abort();
    };
    const ctx = await context(slowStack, { signal: abort.signal, onLine, graceMs: 20_000 });
    const { planFile } = await planTerraform(ctx);
    await expect(applyPlan(ctx, planFile, () => undefined)).rejects.toMatchObject({
      code: 'run_canceled',
      message: 'the run was canceled during terraform apply',
    });
    expect(state().resources.map(({ name }) => name)).toContain('quick');
    expect(existsSync(join(folder, '.terraform.tfstate.lock.info'))).toBe(false);
  });

  test('an apply past its limit names the limit and saves the state', async () => {
    const ctx = await context(slowStack);
    const { planFile } = await planTerraform(ctx);
    const apply = { name: 'APPLY_TIMEOUT', ms: 3_000 };
    const limited = { ...ctx, limits: { apply }, graceMs: 20_000 };
    await expect(applyPlan(limited, planFile, () => undefined)).rejects.toMatchObject({
      code: 'phase_timeout',
      message: 'terraform apply took longer than its limit of 3 s (APPLY_TIMEOUT)',
      extra: { limit: 'APPLY_TIMEOUT', limit_seconds: 3 },
    });
    expect(state().resources.map(({ name }) => name)).toContain('quick');
  });

  test('registered secrets are masked in the error', async () => {
    const mask = (text: string) => text.replaceAll('hunter2', '***');
    const ctx = await context({ b: runs('echo hunter2 >&2; exit 1') }, { mask });
    const { planFile } = await planTerraform(ctx);
    const failure = applyPlan(ctx, planFile, () => undefined);
    await expect(failure).rejects.toMatchObject({ detail: expect.not.stringContaining('hunter2') });
    await expect(failure).rejects.toMatchObject({ detail: expect.stringContaining('***') });
  });
});

describe('import', () => {
  test('an existing object gets into the state; twice is as good as once', async () => {
    const ctx = await context({ a: { input: 'x' } });
    const orphan = { address: 'terraform_data.a', id: 'left-over' };
    expect(await importResource(ctx, orphan)).toBe(true);
    expect(await importResource(ctx, orphan)).toBe(true);
    expect(state().resources.map(({ name }) => name)).toEqual(['a']);
  });

  test('a random value is never imported: its id would become the value', async () => {
    const ctx = await context({});
    expect(await importResource(ctx, { address: 'random_password.db', id: 'none' })).toBe(false);
    expect(lines).toEqual([]);
  });

  test('nothing of that id is no failure', async () => {
    const text = readFileSync(join(import.meta.dirname, 'fixtures', 'import-non-existent.txt'), 'utf8');
    const bin = script(folder, 'terraform', `cat >&2 <<'END'\n${text}\nEND\nexit 1`);
    const ctx = await context({}, { tool: { bin, version: '0' } });
    expect(await importResource(ctx, { address: 'aws_db_instance.main', id: 'x' })).toBe(false);
  });

  test('any other failure is one', async () => {
    const ctx = await context({ a: { input: 'x' } });
    await expect(importResource(ctx, { address: 'terraform_data.nowhere', id: 'x' })).rejects.toMatchObject({
      code: 'plan_failed',
      message: expect.stringContaining(
        'resource address "terraform_data.nowhere" does not exist in the configuration',
      ),
    });
  });
});

const disk = smallDisk();
const withDisk = 'reason' in disk ? test.skip : test;
const why = 'reason' in disk ? ` (skipped: ${disk.reason})` : '';

afterAll(() => ('reason' in disk ? undefined : disk.remove()));

describe('a machine that lacks something', () => {
  withDisk(`a full disk: nothing is planned or lost, and it is said which disk${why}`, async () => {
    if ('reason' in disk) return;
    const ctx = await context({ a: { input: 'x' } }, { workDir: disk.folder });
    const unlocked = { TF_CLI_ARGS_plan: '-lock=false', TF_CLI_ARGS_apply: '-lock=false' };
    const noLock = { ...ctx, env: { ...ctx.env, ...unlocked } };
    const { planFile } = await planTerraform(ctx);
    rmSync(join(disk.folder, 'plan.bin'));
    disk.fill();
    const full = {
      code: 'disk_full',
      blame: 'platform',
      retryable: true,
      message: expect.stringContaining('in WORKDIR_BASE: make room there'),
    };
    await expect(planTerraform(ctx)).rejects.toMatchObject(full);
    // Terraform itself takes the plan that it could not write for written.
    await expect(planTerraform(noLock)).rejects.toMatchObject(full);
    await expect(applyPlan(ctx, planFile, () => undefined)).rejects.toMatchObject(full);

    disk.free();
    const states: string[] = [];
    const fillOnce = (entry: JournalEntry) => (entry.step === 'started' ? disk.fill() : undefined);
    const slow = await context({ a: runs('sleep 0.2') }, { workDir: disk.folder, env: noLock.env });
    const again = await planTerraform(slow);
    const applied = applyPlan(slow, again.planFile, fillOnce, (state) => void states.push(state));
    await expect(applied).rejects.toMatchObject(full);
    expect(states.map((state) => JSON.parse(state))).toMatchObject([
      { version: 4, resources: [{ type: 'terraform_data', name: 'a' }] },
    ]);
    expect(lines.join()).not.toContain('"version":4');
  });

  test('too little memory is no fault of the plan: the run is interrupted', async () => {
    const bin = script(folder, 'tight', `ulimit -v 400000; exec ${terraformBin()} "$@"`);
    const ctx = await context({ a: { input: 'x' } }, { tool: { bin, version: '0' } });
    const tight = { code: 'interrupted', message: expect.stringContaining('had too little memory') };
    await expect(planTerraform(ctx)).rejects.toMatchObject(tight);
    await expect(applyPlan(ctx, Buffer.alloc(1), () => undefined)).rejects.toMatchObject(tight);
  });
});
