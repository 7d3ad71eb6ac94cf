import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { existsSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { sha256 } from '../../src/lib/hash.js';
import { linkPrepared, preparedFor } from '../../src/terraform/prepared.js';
import { buildTerraformEnv } from '../../src/terraform/terraform-env.js';
import { applyPlan, planTerraform, type TerraformContext } from '../../src/terraform/terraform.js';
import { createWorkDir } from '../../src/terraform/work-dir.js';
import { script, tempFolder, terraformBin } from './support.js';

let folder: string;
let remove: () => void;
beforeEach(() => {
  ({ folder, remove } = tempFolder());
});
afterEach(() => remove());

const tool = { bin: terraformBin(), version: '1.11.4' };
const stack = { terraform: { backend: { http: {} } }, resource: { terraform_data: { a: { input: 'x' } } } };
const env = { PATH: '/usr/local/bin:/usr/bin:/bin' };
const awsStack = JSON.stringify({
  terraform: { required_providers: { aws: { source: 'hashicorp/aws', version: '6.25.0' } } },
});
const reattach = (socket: string) =>
  JSON.stringify({
    'registry.terraform.io/hashicorp/aws': {
      Protocol: 'grpc',
      ProtocolVersion: 6,
      Pid: process.pid,
      Test: true,
      Addr: { Network: 'unix', String: socket },
    },
  });

/** A stand-in for the state backend: keeps one state in memory. */
async function memoryBackend() {
  let state: Buffer | undefined;
  const bodyOf = async (req: IncomingMessage) => Buffer.concat(await req.toArray());
  const server = createServer((req, res) => {
    void bodyOf(req).then((body) => {
      if (req.method === 'POST') state = body;
      res.statusCode = req.method === 'GET' && state === undefined ? 404 : 200;
      res.end(req.method === 'GET' ? state : undefined);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    state: () => JSON.parse(String(state)) as { resources: unknown[] },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

describe('init once, used by all', () => {
  test('a linked copy plans and applies through the http backend without an init of its own', async () => {
    const backend = await memoryBackend();
    const cdkJson = JSON.stringify(stack);
    const prepared = await preparedFor({ tool, home: folder, cdkJson, env });
    const workDir = await createWorkDir(join(folder, 'work'), 'run_1');
    await linkPrepared(prepared, workDir);
    writeFileSync(join(workDir, 'cdk.tf.json'), cdkJson);
    const state = {
      TF_HTTP_ADDRESS: backend.url,
      TF_HTTP_LOCK_ADDRESS: backend.url,
      TF_HTTP_UNLOCK_ADDRESS: backend.url,
    };
    const ctx: TerraformContext = {
      tool,
      workDir,
      env: await buildTerraformEnv({ workDir, state }),
      timeoutMs: 60_000,
      onLine: () => undefined,
    };
    const { planFile } = await planTerraform(ctx);
    await applyPlan(ctx, planFile, () => undefined);
    expect(backend.state().resources).toHaveLength(1);
    expect(existsSync(join(workDir, 'terraform.tfstate'))).toBe(false);
    expect(readlinkSync(join(workDir, '.terraform'))).toBe(join(prepared.folder, '.terraform'));
    backend.close();
  });

  test('callers at the same time and later share one init, whatever else their stacks hold', async () => {
    const counter = script(folder, 'terraform', `echo run >> ${folder}/count; exec ${tool.bin} "$@"`);
    const counted = { bin: counter, version: '1.11.4' };
    const stacks = [stack, { ...stack, output: { o: { value: 1 } } }, stack].map((one) =>
      JSON.stringify(one),
    );
    const prepare = (cdkJson: string) => preparedFor({ tool: counted, home: folder, cdkJson, env });
    const [first, ...rest] = await Promise.all(stacks.map(prepare));
    expect(rest).toEqual([first, first]);
    expect(await prepare(stacks[0]!)).toEqual(first);
    expect(readFileSync(join(folder, 'count'), 'utf8')).toBe('run\n');
    expect(readdirSync(join(folder, 'prepared'))).toHaveLength(1);
  });

  test('providers served by the sandbox need no registry, no socket, and lock nothing', async () => {
    const [one, two] = ['/tmp/one.sock', '/tmp/two.sock'].map((socket) =>
      preparedFor({
        tool,
        home: folder,
        cdkJson: awsStack,
        env: { ...env, TF_REATTACH_PROVIDERS: reattach(socket) },
      }),
    );
    expect(await one).toEqual(await two);
    expect((await one)?.lockSha256).toBe(sha256(''));
    const files = readdirSync(join((await one)!.folder, '.terraform'));
    expect(files).toEqual(['terraform.tfstate']);
    expect(readFileSync(join((await one)!.folder, '.terraform', files[0]!), 'utf8')).not.toMatch(
      /127\.0\.0\.1|sock/,
    );
  });

  test('another tool version, other providers or another source of them get a copy of their own', async () => {
    const sandbox = { ...env, TF_REATTACH_PROVIDERS: reattach('/tmp/one.sock') };
    const made = await Promise.all([
      preparedFor({ tool, home: folder, cdkJson: '{}', env }),
      preparedFor({ tool: { ...tool, version: '1.12.0' }, home: folder, cdkJson: '{}', env }),
      preparedFor({ tool, home: folder, cdkJson: '{}', env: sandbox }),
      preparedFor({ tool, home: folder, cdkJson: awsStack, env: sandbox }),
    ]);
    expect(new Set(made.map((one) => one.folder)).size).toBe(4);
  });

  test('a failed init names the reason, leaves nothing, and is tried again', async () => {
    const mirror = join(folder, 'empty-mirror');
    const prepare = () => preparedFor({ tool, home: folder, cdkJson: awsStack, env, providerMirror: mirror });
    await expect(prepare()).rejects.toMatchObject({
      code: 'plan_failed',
      message: 'terraform could not prepare the providers: Failed to query available provider packages',
    });
    expect(readdirSync(join(folder, 'prepared'))).toEqual([]);
    await expect(prepare()).rejects.toMatchObject({ code: 'plan_failed' });
  });
});
