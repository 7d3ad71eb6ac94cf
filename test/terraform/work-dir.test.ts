import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { existsSync, mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildTerraformEnv } from '../../src/terraform/terraform-env.js';
import { createWorkDir, removeWorkDir, sweepWorkDirs } from '../../src/terraform/work-dir.js';
import { tempFolder } from './support.js';

let folder: string;
let remove: () => void;
beforeEach(() => {
  ({ folder, remove } = tempFolder());
});
afterEach(() => remove());

describe('work directories', () => {
  test('one is private, has the same path each time and starts empty', async () => {
    const base = join(folder, 'work');
    const first = await createWorkDir(base, 'run_1');
    writeFileSync(join(first, 'left'), 'secret');
    const second = await createWorkDir(base, 'run_1');
    expect(second).toBe(first);
    expect(readdirSync(second)).toEqual([]);
    expect(statSync(second).mode & 0o777).toBe(0o700);
  });

  test('removing one leaves what it links to', async () => {
    mkdirSync(join(folder, 'prepared'));
    writeFileSync(join(folder, 'prepared', 'kept'), '');
    const workDir = await createWorkDir(folder, 'run_1');
    symlinkSync(join(folder, 'prepared'), join(workDir, '.terraform'));
    await removeWorkDir(workDir);
    expect(existsSync(workDir)).toBe(false);
    expect(existsSync(join(folder, 'prepared', 'kept'))).toBe(true);
  });

  test('a sweep removes what no run owns', async () => {
    const base = join(folder, 'work');
    for (const name of ['run_1', 'run_2', 'run_3']) await createWorkDir(base, name);
    expect((await sweepWorkDirs(base, new Set(['run_2']))).sort()).toEqual(['run_1', 'run_3']);
    expect(readdirSync(base)).toEqual(['run_2']);
    expect(await sweepWorkDirs(join(folder, 'nowhere'), new Set())).toEqual([]);
  });

  test('a name that leads elsewhere is refused', async () => {
    for (const name of ['', '..', '../x', 'a/b', '.hidden'])
      await expect(createWorkDir(folder, name)).rejects.toThrow('not a name');
  });
});

describe('environment of terraform', () => {
  test('holds what was given and nothing of ours', async () => {
    process.env.TERRACE_TEST_SECRET = 'leak';
    const env = await buildTerraformEnv({
      workDir: folder,
      path: '/usr/bin',
      state: { TF_HTTP_ADDRESS: 'http://127.0.0.1:1/', TF_HTTP_RETRY_MAX: '3' },
      providers: { TF_REATTACH_PROVIDERS: '{}' },
      variables: { database_password: 'p', sizes: [1, 2] },
      credentials: { AWS_SESSION_TOKEN: 't' },
    });
    delete process.env.TERRACE_TEST_SECRET;
    expect(env).toEqual({
      PATH: '/usr/bin',
      HOME: folder,
      TMPDIR: folder,
      LANG: 'C.UTF-8',
      TF_CLI_CONFIG_FILE: join(folder, 'terraform.rc'),
      CHECKPOINT_DISABLE: '1',
      TF_IN_AUTOMATION: '1',
      TF_INPUT: '0',
      TF_HTTP_ADDRESS: 'http://127.0.0.1:1/',
      TF_HTTP_RETRY_MAX: '3',
      TF_HTTP_RETRY_WAIT_MIN: '1',
      TF_HTTP_RETRY_WAIT_MAX: '3',
      GOGC: '400',
      TF_REATTACH_PROVIDERS: '{}',
      TF_VAR_database_password: 'p',
      TF_VAR_sizes: '[1,2]',
      AWS_SESSION_TOKEN: 't',
    });
    expect(statSync(env.TF_CLI_CONFIG_FILE!).mode & 0o777).toBe(0o600);
  });

  test('other names are refused at each door', async () => {
    const wrong = [
      { state: { LD_PRELOAD: 'x' } },
      { providers: { TF_CLI_ARGS: 'x' } },
      { credentials: { DATABASE_URL: 'x' } },
      { variables: { 'a=b': 'x' } },
    ];
    for (const props of wrong)
      await expect(buildTerraformEnv({ workDir: folder, ...props })).rejects.toThrow('not allowed among');
  });
});
