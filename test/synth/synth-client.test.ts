import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { canonicalJson } from '../../src/lib/canonical-json.js';
import { sha256 } from '../../src/lib/hash.js';
import { projectRoot } from '../../src/lib/project-root.js';
import { createLog } from '../../src/log/log.js';
import { stackInput } from '../../src/spec/stack-input.js';
import { startSynth, type Synth, type SynthProps } from '../../src/synth/synth-client.js';
import { inputOf } from '../stacks/inputs.js';

const log = createLog('silent', 'test');
const started: Synth[] = [];

function synthWith(props: Partial<SynthProps> = {}): Synth {
  const synth = startSynth({ log, ...props });
  started.push(synth);
  return synth;
}

/** For all tests that need none with settings of its own: a start takes more than a second. */
const shared = startSynth({ log });
afterAll(() => shared.close());

afterEach(async () => {
  await Promise.all(started.splice(0).map((synth) => synth.close()));
});

describe('the synth process', () => {
  test('gives a stack and the hash of its bytes', async () => {
    const one = await shared.synth(inputOf());
    expect(one.sha256).toBe(sha256(one.json));
    expect(JSON.parse(one.json)).toMatchObject({ terraform: { backend: { http: {} } } });
  });

  test('answers many at once, each with its own', async () => {
    const names = Array.from({ length: 30 }, (_none, index) => `env${index}`);
    const stacks = await Promise.all(
      names.map((name) => shared.synth(inputOf({ namespace: name }, { environment_name: name }))),
    );
    for (const [index, name] of names.entries()) expect(stacks[index]?.json).toContain(`"name":"${name}"`);
  });

  test('makes the stack of a blueprint from a folder of its own, and of others the same bytes', async () => {
    const synth = synthWith({ blueprintFolders: [join(projectRoot, 'test/stacks/third-party')] });
    const { json } = await synth.synth(inputOf({ greeting: 'good ${day}' }, { blueprint: 'greeting' }));
    expect(JSON.parse(json)).toMatchObject({
      resource: { kubernetes_config_map_v1: { greeting: { data: { greeting: 'good $${day}' } } } },
      terraform: { backend: { http: {} } },
    });
    expect(await synth.synth(inputOf())).toEqual(await shared.synth(inputOf()));
  });

  test('says which blueprint file cannot be loaded', async () => {
    const synth = synthWith({ blueprintFolders: [join(projectRoot, 'test/stacks/nowhere')] });
    await expect(synth.warm()).rejects.toMatchObject({ code: 'synth_failed' });
  });

  test('refuses a wrong spec with the fault in the detail and goes on', async () => {
    await expect(shared.synth(inputOf({ colour: 'red' }))).rejects.toMatchObject({
      code: 'synth_failed',
      message: 'the stack of env_1 could not be generated',
      detail: 'colour: unknown field',
    });
    await expect(shared.synth(inputOf())).resolves.toBeDefined();
  });

  test('is replaced after kill -9 while idle and while asked', async () => {
    await shared.warm();
    const first = shared.pid;
    process.kill(first ?? 0, 'SIGKILL');
    const pending = shared.synth(inputOf());
    await expect(pending).resolves.toBeDefined();
    expect(shared.pid).not.toBe(first);
    const asked = shared.synth(inputOf());
    process.kill(shared.pid ?? 0, 'SIGKILL');
    await expect(asked).resolves.toEqual(await pending);
  });

  test('is killed when it takes too long; the next question gets a new one', async () => {
    const synth = synthWith({ timeoutMs: 1 });
    await expect(synth.synth(inputOf())).rejects.toMatchObject({
      code: 'synth_failed',
      detail: 'no answer within 1 ms',
    });
    expect(synth.pid).toBeUndefined();
    await expect(synth.synth(inputOf())).rejects.toMatchObject({ detail: 'no answer within 1 ms' });
  });

  test('is replaced after its share of stacks, and refuses once closed', async () => {
    const synth = synthWith({ maxStacks: 1 });
    await synth.synth(inputOf());
    const first = synth.pid;
    await synth.synth(inputOf());
    expect(synth.pid).not.toBe(first);
    await synth.close();
    await expect(synth.synth(inputOf())).rejects.toMatchObject({ code: 'synth_failed' });
    expect(synth.pid).toBeUndefined();
  });

  test('sees nothing of our environment', async () => {
    await shared.warm();
    const environment = readFileSync(`/proc/${shared.pid}/environ`, 'utf8');
    expect(environment.split('\0').filter(Boolean).sort()).toEqual([
      'CHECKPOINT_DISABLE=1',
      'LANG=C.UTF-8',
      'PATH=/usr/bin:/bin',
    ]);
  });
});

/** Runs the program of `cdktf synth` on a file after the other: to start it four times takes four times as long. */
const onEach = `
  for (const [index, [file, outdir]] of Object.entries(JSON.parse(process.argv[2]))) {
    process.argv[2] = file;
    process.env.CDKTF_OUTDIR = outdir;
    await import(process.argv[1] + '?' + index);
  }`;

test('cdktf synth gives the same stack of each example as the process', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'terrace-synth-'));
  try {
    const names = ['app.json', 'app-managed.json', 'isp.json', 'platform.json'];
    const files = names.map(
      (name) => [join(projectRoot, 'stacks/example', name), join(folder, name)] as const,
    );
    const main = join(projectRoot, 'dist/stacks/main.js');
    execFileSync(
      process.execPath,
      ['--input-type=module', '--eval', onEach, '--', main, JSON.stringify(files)],
      { cwd: folder, env: { PATH: process.env.PATH } },
    );
    for (const [file, outdir] of files) {
      const written: unknown = JSON.parse(
        readFileSync(join(outdir, 'stacks/environment/cdk.tf.json'), 'utf8'),
      );
      const input = stackInput.parse(JSON.parse(readFileSync(file, 'utf8')));
      expect(canonicalJson(written)).toBe((await shared.synth(input)).json);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});
