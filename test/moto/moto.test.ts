/** Two customers' accounts in moto, from their connection to runs in them, by the built product. */
import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Keys } from '../../src/credentials/aws-connection.js';
import { projectRoot } from '../../src/lib/project-root.js';
import { apiOf, type Api, type Json } from '../support/api.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { trustOf } from '../support/fake-aws/customer.js';
import type { Policy } from '../support/fake-aws/policy.js';
import { eventually } from '../support/eventually.js';
import { makeHome, removeHome, startTerrace, type Terrace } from '../support/terrace.js';
import {
  administrator,
  bucketContent,
  controlAccount,
  controlKeys,
  makeBucket,
  makeRole,
  readTrust,
  region,
} from './cloud.js';
import { startMoto } from './moto-server.js';
import { startTrustProxy, type TrustProxy } from './trust-proxy.js';

const moto = await startMoto();
afterAll(() => moto.stop());

const acme = '280000000001';
const globex = '280000000002';

describe('against moto', () => {
  const { endpoint } = moto;
  let proxy: TrustProxy;
  let database: TestDatabase;
  let home: string;
  let folder: string;
  let terrace: Terrace;
  let api: Api;
  const keys = new Map<string, Keys>();
  beforeAll(async () => {
    [database, home, folder, proxy] = await Promise.all([
      createTestDatabase('empty'),
      makeHome(),
      mkdtemp(join(tmpdir(), 'terrace-moto-')),
      startTrustProxy({ moto: endpoint, controlAccount, trustOf: (roleArn) => readTrust(endpoint, roleArn) }),
    ]);
    for (const account of [acme, globex]) keys.set(account, await administrator(endpoint, account));
    terrace = await startTerrace(home, {
      DATABASE_URL: database.url,
      STATE_ENCRYPTION_KEY: randomBytes(32).toString('base64'),
      BLUEPRINT_PATHS: join(projectRoot, 'test/credentials/probe-blueprint'),
      AWS_ENDPOINT_URL: proxy.endpoint,
      AWS_ACCESS_KEY_ID: controlKeys.accessKeyId,
      AWS_SECRET_ACCESS_KEY: controlKeys.secretAccessKey,
    });
    api = apiOf(terrace);
  });
  afterAll(async () => {
    await writeFile(join(folder, 'go'), '');
    await writeFile(join(folder, 'done'), '');
    for (const child of started) if (child.exitCode === null) await once(child, 'exit');
    await terrace.stop();
    await proxy.close();
    await database.drop();
    await removeHome(home);
    await rm(folder, { recursive: true });
  });

  const started: ChildProcess[] = [];
  let made = 0;

  interface Customer {
    readonly tenantId: string;
    readonly accountId: string;
    readonly externalId: string;
    readonly bucket: string;
    readonly plan: string;
    readonly apply: string;
  }

  /** A tenant with an account, roles and a bucket in the cloud. */
  async function customer(
    account: string,
    { trust = trusting }: { trust?: (externalId: string) => Policy } = {},
  ): Promise<Customer> {
    const slug = `t${++made}`;
    const bucket = `${slug}-states`;
    const [plan, apply] = [`${slug}-plan`, `${slug}-apply`];
    const arn = (name: string) => `arn:aws:iam::${account}:role/${name}`;
    const { tenant_id: tenantId } = (await api.call('POST', '/api/v1/tenants', { name: slug, slug })).body;
    const { body } = await api.call('POST', '/api/v1/accounts', {
      tenant_id: tenantId,
      name: 'prod',
      provider: 'aws',
      cloud_account_id: account,
      regions: [region],
      plan_role_arn: arn(plan),
      apply_role_arn: arn(apply),
      state: { kind: 's3', bucket, region },
    });
    const accountId = body.account_id;
    const { external_id: externalId } = await api.get(`/api/v1/accounts/${accountId}/external-id`);
    for (const name of [plan, apply])
      await makeRole(endpoint, keys.get(account)!, { name, trust: trust(externalId) });
    await makeBucket(endpoint, keys.get(account)!, bucket);
    return { tenantId, accountId, externalId, bucket, plan, apply };
  }
  const trusting = (externalId: string | null): Policy =>
    JSON.parse(JSON.stringify(trustOf(externalId)).replace('999999999999', controlAccount)) as Policy;

  const verify = async ({ accountId }: Customer): Promise<Json> =>
    (await api.call('POST', `/api/v1/accounts/${accountId}/verify`)).body;

  const request = async (
    { tenantId, accountId }: Customer,
    script = join(projectRoot, 'test/moto/who.mjs'),
  ): Promise<{ environmentId: string; runId: string }> => {
    const { body } = await api.call('POST', '/api/v1/environments', {
      tenant_id: tenantId,
      account_id: accountId,
      name: 'shop',
      region,
      blueprint: 'probe@1',
      review: 'auto',
      rollback_on_failure: false,
      spec: { script },
    });
    return { environmentId: body.environment_id, runId: body.run_id };
  };
  const ended = (runId: string): Promise<Json> =>
    api.until(`/api/v1/runs/${runId}`, (run) => run.finished_at !== null);
  const destroy = async (environmentId: string): Promise<Json> => {
    const { body } = await api.call('DELETE', `/api/v1/environments/${environmentId}`);
    return ended(body.run_id);
  };
  const content = (account: string, bucket: string) => bucketContent(endpoint, keys.get(account)!, bucket);

  test('sessions and states of two customers are in their own accounts, and nowhere else', async () => {
    const customers = [await customer(acme), await customer(globex)];
    for (const one of customers) expect(await verify(one)).toMatchObject({ verified: true });
    const runs = await Promise.all(customers.map((one) => request(one)));
    for (const [at, account] of [acme, globex].entries()) {
      const { environmentId, runId } = runs[at]!;
      const { bucket, apply } = customers[at]!;
      await ended(runId);
      const log = (await api.log(runId)).join('\n');
      expect(log).toContain(`identity arn:aws:sts::${account}:assumed-role/${apply}/terrace-${runId}`);
      const key = `environments/${environmentId}/terraform.tfstate`;
      const [state, ...others] = await content(account, bucket);
      expect(others).toEqual([]);
      expect(state).toMatchObject({ key, encryption: 'AES256' });
      expect(JSON.parse(state!.text).resources).toHaveLength(1);

      expect(await destroy(environmentId)).toMatchObject({ status: 'succeeded', error: null });
      const [empty] = await content(account, bucket);
      expect(JSON.parse(empty!.text).resources).toEqual([]);
      expect(empty!.versions).toBeGreaterThan(state!.versions);
    }
  });

  test('a role that anybody could reach through Terrace is refused: the confused deputy', async () => {
    const open = await customer(acme, { trust: () => trusting(null) });
    const found = await verify(open);
    expect(found.verified).toBe(false);
    expect(found.checks).toContainEqual(
      expect.objectContaining({
        name: 'plan_role_refuses_no_external_id',
        status: 'failed',
        code: 'external_id_not_required',
      }),
    );
    const elses = await customer(acme, { trust: () => trusting('somebody-elses') });
    expect(await verify(elses)).toMatchObject({ verified: false });
  });

  test("a role of another account is refused, and one that trusts another customer's external id", async () => {
    const one = await customer(globex);
    const change = { plan_role_arn: `arn:aws:iam::${acme}:role/${one.plan}` };
    expect(await api.call('PATCH', `/api/v1/accounts/${one.accountId}`, change)).toMatchObject({
      status: 422,
      body: { errors: [{ path: 'plan_role_arn', message: `must be a role of account ${globex}` }] },
    });
    const other = await customer(globex, { trust: () => trusting(one.externalId) });
    expect(await verify(other)).toMatchObject({
      verified: false,
      checks: [{ code: 'role_not_assumable' }, { code: 'role_not_assumable' }],
    });
  });

  test("a person's terraform with the s3 backend and a run keep each other out, and work on one state", async () => {
    const one = await customer(acme);
    expect(await verify(one)).toMatchObject({ verified: true });
    const waiting = join(folder, 'waiting.mjs');
    await writeFile(waiting, waitFor(join(folder, 'go')));
    const { environmentId, runId } = await request(one, waiting);
    await api.logged(runId, /waiting/);

    const person = await personOf(one.bucket, environmentId);
    expect(await person('init')).toMatchObject({ code: 0 });
    const refused = await person('plan');
    expect(refused.code).toBe(1);
    expect(refused.text).toContain('Error acquiring the state lock');
    expect(refused.text).toContain(`run ${runId}`);
    await writeFile(join(folder, 'go'), '');
    await ended(runId);
    expect((await person('state', 'list')).text).toContain('terraform_data.probe');

    const applying = person('apply', '-auto-approve');
    await eventually('the lock of the person', async () =>
      (await content(acme, one.bucket)).some(({ key }) => key.endsWith('.tflock')),
    );
    const locked = await destroy(environmentId);
    expect(locked).toMatchObject({ status: 'failed', error: { code: 'state_locked' } });
    expect(locked.error.message).toContain(`at s3://${one.bucket}/environments/${environmentId}`);
    await writeFile(join(folder, 'done'), '');
    expect(await applying).toMatchObject({ code: 0 });
    const [between] = await content(acme, one.bucket);
    expect(JSON.parse(between!.text).resources).toHaveLength(2);
    expect(await destroy(environmentId)).toMatchObject({ status: 'succeeded', error: null });
    const [last, ...others] = await content(acme, one.bucket);
    expect(others).toEqual([]);
    expect(JSON.parse(last!.text)).toMatchObject({
      resources: [],
      lineage: JSON.parse(between!.text).lineage,
    });
  });

  /** A script that says that it waits, and ends once there is a file. */
  const waitFor = (file: string) =>
    `import { existsSync } from 'node:fs';
    process.stdout.write('waiting\\n');
    const look = () => existsSync('${file}') || setTimeout(look, 20);
    look();`;

  /** Terraform as the customer would run it: its own s3 backend on the same state, and one resource more, which waits. */
  async function personOf(bucket: string, environmentId: string) {
    const cwd = await mkdtemp(join(folder, 'person-'));
    await writeFile(join(cwd, 'wait.mjs'), waitFor(join(folder, 'done')));
    await writeFile(join(cwd, 'terraform.rc'), '');
    const backend = {
      bucket,
      key: `environments/${environmentId}/terraform.tfstate`,
      region,
      use_lockfile: true,
      encrypt: true,
      use_path_style: true,
      skip_credentials_validation: true,
      skip_requesting_account_id: true,
      skip_metadata_api_check: true,
      endpoints: { s3: endpoint, sts: endpoint },
    };
    const provisioner = [{ 'local-exec': { command: 'node wait.mjs' } }];
    const mine = { input: 'mine', provisioner };
    const stack = {
      terraform: { backend: { s3: backend } },
      resource: { terraform_data: { probe: { input: 'probe' }, mine } },
    };
    await writeFile(join(cwd, 'main.tf.json'), JSON.stringify(stack));
    const { accessKeyId, secretAccessKey, sessionToken } = keys.get(acme)!;
    const env = {
      PATH: process.env.PATH,
      HOME: cwd,
      CHECKPOINT_DISABLE: '1',
      TF_IN_AUTOMATION: '1',
      TF_CLI_CONFIG_FILE: join(cwd, 'terraform.rc'),
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_SESSION_TOKEN: sessionToken,
    };
    return async (command: string, ...argv: string[]): Promise<{ code: number; text: string }> => {
      const input = command === 'state' ? [] : ['-input=false', '-no-color'];
      const child = spawn('terraform', [command, ...input, ...argv], { cwd, env, stdio: 'pipe' });
      started.push(child);
      let text = '';
      for (const stream of [child.stdout, child.stderr])
        stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
      const [code] = (await once(child, 'close')) as [number];
      return { code, text };
    };
  }
});
