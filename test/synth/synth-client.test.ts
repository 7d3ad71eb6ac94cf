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

/** For the tests that leave it as it is: a start takes more than a second. */
const shared = startSynth({ log });
afterAll(() => shared.close());

afterEach(async () => {
  await Promise.all(started.splice(0).map((synth) => synth.close()));
});

describe('the synth process', () => {
  test('gives a stack and the hash of its bytes, the same from another process', async () => {
    const [one, other] = await Promise.all([shared.synth(inputOf()), synthWith().synth(inputOf())]);
    expect(one).toEqual(other);
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

  test('makes the stack of a blueprint from a folder of its own', async () => {
    const synth = synthWith({ blueprintFolders: [join(projectRoot, 'test/stacks/third-party')] });
    const { json } = await synth.synth(inputOf({ greeting: 'good ${day}' }, { blueprint: 'greeting' }));
    expect(JSON.parse(json)).toMatchObject({
      resource: { kubernetes_config_map_v1: { greeting: { data: { greeting: 'good $${day}' } } } },
      terraform: { backend: { http: {} } },
    });
    await expect(synth.synth(inputOf())).resolves.toBeDefined();
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
    const synth = synthWith();
    await synth.warm();
    const first = synth.pid;
    process.kill(first ?? 0, 'SIGKILL');
    const pending = synth.synth(inputOf());
    await expect(pending).resolves.toBeDefined();
    expect(synth.pid).not.toBe(first);
    const asked = synth.synth(inputOf());
    process.kill(synth.pid ?? 0, 'SIGKILL');
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

  test('is replaced after its share of stacks', async () => {
    const synth = synthWith({ maxStacks: 1 });
    await synth.synth(inputOf());
    const first = synth.pid;
    await synth.synth(inputOf());
    expect(synth.pid).not.toBe(first);
  });

  test('refuses once closed', async () => {
    const synth = synthWith();
    await synth.warm();
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

test.each(['app.json', 'app-managed.json', 'isp.json', 'platform.json'])(
  'cdktf synth on %s gives the same stack as the process',
  async (name) => {
    const folder = mkdtempSync(join(tmpdir(), 'terrace-synth-'));
    try {
      const file = join(projectRoot, 'stacks/example', name);
      execFileSync(process.execPath, [join(projectRoot, 'dist/stacks/main.js'), file], {
        cwd: folder,
        env: { PATH: process.env.PATH, CDKTF_OUTDIR: join(folder, 'out') },
      });
      const written: unknown = JSON.parse(
        readFileSync(join(folder, 'out/stacks/environment/cdk.tf.json'), 'utf8'),
      );
      const input = stackInput.parse(JSON.parse(readFileSync(file, 'utf8')));
      expect(canonicalJson(written)).toBe((await shared.synth(input)).json);
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
);
