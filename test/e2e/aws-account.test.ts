/** A customer's account from its connection to a run in it, by the built product, against the stand-in for AWS. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createPool } from '../../src/db/pool.js';
import { projectRoot } from '../../src/lib/project-root.js';
import { apiOf, type Api, type Json } from '../support/api.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { takesToken } from '../support/eks-door.js';
import { applyRole, customer, planRole } from '../support/fake-aws/customer.js';
import { startFakeAws, type FakeAws } from '../support/fake-aws/server.js';
import type { FakeAccount } from '../support/fake-aws/world.js';
import { startFakeKubernetes, type FakeKubernetes } from '../support/fake-kubernetes.js';
import { selfSigned } from '../support/self-signed.js';
import { makeHome, removeHome, startTerrace, type Terrace } from '../support/terrace.js';

const id = '230000000001';
let aws: FakeAws;
let kubernetes: FakeKubernetes;
let database: TestDatabase;
let home: string;
let terrace: Terrace;
let api: Api;
const clusters: FakeKubernetes[] = [];
beforeAll(async () => {
  [aws, kubernetes, database, home] = await Promise.all([
    startFakeAws(),
    startFakeKubernetes(),
    createTestDatabase('empty'),
    makeHome(),
  ]);
  terrace = await startTerrace(home, {
    DATABASE_URL: database.url,
    STATE_ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64'),
    BLUEPRINT_PATHS: join(projectRoot, 'test/credentials/probe-blueprint'),
    AWS_ENDPOINT_URL: aws.endpoint,
    AWS_ACCESS_KEY_ID: aws.controlKeys.accessKeyId,
    AWS_SECRET_ACCESS_KEY: aws.controlKeys.secretAccessKey,
    LOG_LEVEL: 'trace',
    RECEIPT_WAIT: '1',
    KUBECONFIG_FOLDER: join(home, 'kube'),
  });
  api = apiOf(terrace);
});
afterAll(async () => {
  await terrace.stop();
  await aws.close();
  await Promise.all([kubernetes, ...clusters].map((one) => one.close()));
  await database.drop();
  await removeHome(home);
});

async function connect(
  id: string,
  over: Record<string, unknown> = {},
  cloud: FakeAccount = {},
): Promise<{ account: Json; tenantId: string; externalId: string }> {
  const tenant = await api.call('POST', '/api/v1/tenants', { name: `Globex ${id}`, slug: `globex-${id}` });
  const { tenant_id: tenantId } = tenant.body;
  const { body: account } = await api.call('POST', '/api/v1/accounts', {
    tenant_id: tenantId,
    name: 'prod',
    provider: 'aws',
    cloud_account_id: id,
    regions: ['eu-central-1'],
    plan_role_arn: planRole(id),
    apply_role_arn: applyRole(id),
    ...over,
  });
  const path = `/api/v1/accounts/${account.account_id}`;
  const { external_id: externalId } = await api.get(`${path}/external-id`);
  aws.put(id, customer(externalId, cloud));
  expect((await api.call('POST', `${path}/verify`)).body.verified).toBe(true);
  return { account, tenantId, externalId };
}

/** Asks for the environment that runs a script. */
const request = async ({ account, tenantId }: { account: Json; tenantId: string }): Promise<Json> =>
  (
    await api.call('POST', '/api/v1/environments', {
      tenant_id: tenantId,
      account_id: account.account_id,
      name: 'shop',
      region: 'eu-central-1',
      blueprint: 'probe@1',
      rollback_on_failure: false,
      spec: { script: join(projectRoot, 'test/credentials/probe.mjs'), hold: join(home, 'hold') },
    })
  ).body;

async function approve(runId: string): Promise<Json> {
  const path = `/api/v1/runs/${runId}`;
  const planned = await api.until(path, (run) => run.plan !== null || run.status === 'failed');
  expect(planned).toMatchObject({ status: 'awaiting_review', error: null });
  const approval = { plan_id: planned.plan.plan_id, note: 'go', confirm: planned.review.confirm };
  expect((await api.call('POST', `${path}/approve`, approval)).status).toBe(202);
  return api.until(path, (run) => run.finished_at !== null);
}

test('a run acts in the account by the role of its phase, and leaves no secret anywhere', async () => {
  const { account, tenantId, externalId } = await connect(id);
  const body = await request({ account, tenantId });
  await approve(body.run_id);
  const log = (await api.log(body.run_id)).join('\n');
  expect(log).toContain(`session in account ${id} by its plan role`);
  expect(log).toContain(`identity arn:aws:sts::${id}:assumed-role/terrace-apply/terrace-${body.run_id}`);
  expect(log).toContain(
    'environment AWS_CONTAINER_AUTHORIZATION_TOKEN AWS_CONTAINER_CREDENTIALS_FULL_URI AWS_EC2_METADATA_DISABLED AWS_ENDPOINT_URL AWS_REGION',
  );
  expect(log).toContain('secrets *** *** ***');

  const sessions = [...aws.world.identities.values()].filter((one) => one.name?.startsWith('terrace-'));
  expect(sessions.filter((one) => one.name === `terrace-${body.run_id}`).map((one) => one.role)).toEqual([
    planRole(id),
    applyRole(id),
  ]);
  const secrets = sessions.flatMap(({ keys }) => [keys.sessionToken!, keys.secretAccessKey]);
  const kept = await everyRow(database.url);
  for (const secret of [...secrets, externalId, aws.controlKeys.secretAccessKey])
    expect({
      inLog: terrace.stderr().includes(secret),
      inRows: kept.includes(secret) || kept.includes(Buffer.from(secret).toString('hex')),
    }).toEqual({ inLog: false, inRows: false });
});

test("states are in the customer's bucket from the first plan to the last destroy, and nowhere else; its EKS cluster is looked at and searched by the plan role", async () => {
  const other = '230000000002';
  const region = 'eu-west-1';
  aws.world.buckets.set('globex-states', {
    account: other,
    region,
    versioning: true,
    encryption: { algorithm: 'AES256' },
    objects: new Map(),
  });
  const { eks, certificate, roles } = await startEks(planRole(other));
  const settings = {
    cluster: { kind: 'eks', name: 'main' },
    state: { kind: 's3', bucket: 'globex-states', region },
  };
  const clusters = { main: { endpoint: eks.endpoint, certificateAuthority: certificate } };
  const connected = await connect(other, settings, { clusters });
  const { environment_id: environmentId, run_id: runId } = await request(connected);
  // Whether nothing but a script is healthy is not asked here.
  await approve(runId);
  const key = `environments/${environmentId}/terraform.tfstate`;
  const { objects } = aws.world.buckets.get('globex-states')!;
  expect([...objects.keys()]).toEqual([key]);
  const states = () => objects.get(key)!.map(({ body }) => JSON.parse(body));
  expect(
    states()
      .at(-1)
      .resources.map((one: Json) => one.type),
  ).toEqual(['terraform_data']);
  const log = (await api.log(runId)).join('\n');
  expect(log).toContain(`state not made yet in s3://globex-states/${key} by the plan role`);
  expect(log).toContain(`state not made yet in s3://globex-states/${key} by the apply role`);

  const path = `/api/v1/environments/${environmentId}`;
  const look = async (): Promise<Json> => {
    const { body } = await api.call('POST', `${path}/health-check`);
    const isDone = ({ items: [last] }: Json) =>
      last.health_check_id === body.health_check_id && last.status === 'done';
    return (await api.until(`${path}/health`, isDone)).health;
  };
  const versions = objects.get(key)!;
  objects.set(key, [...versions, withNamespace(versions.at(-1)!)]);
  putShop(eks, certificate);
  expect(await look()).toMatchObject({
    overall: 'unhealthy',
    components: {
      cluster: { status: 'healthy', message: 'the cluster answers' },
      workloads: { status: 'degraded', message: 'deployment shop/web: 2 of 3 ready' },
      database: { status: 'unhealthy', message: 'stateful set shop/database: 0 of 1 ready' },
      ingress: { status: 'healthy', message: 'ingress shop/web is at lb.example.com' },
      certificate: { status: 'degraded', message: 'the certificate in shop/tls expires in 4 days' },
      quota: { status: 'degraded', message: 'quota shop/quota: 90 % of pods is used' },
    },
  });
  roles.clear();
  expect((await look()).components.cluster).toMatchObject({
    status: 'unhealthy',
    message: 'the cluster cannot be looked at: it refuses our credentials: give the plan role access to it',
  });
  roles.add(planRole(other));
  objects.set(key, versions);

  const destroyed = await api.call('DELETE', path);
  expect(await approve(destroyed.body.run_id)).toMatchObject({ status: 'succeeded', error: null });
  expect(states().at(-1).resources).toEqual([]);
  expect(await storedStates(database.url, environmentId)).toEqual(
    states().map(({ serial }) => ({ serial, ciphertext: null })),
  );
  const { receipt } = await api.get(`${path}/receipt`);
  const cluster = { place: 'cluster main', found: [], reason: null };
  expect(JSON.parse(receipt.body).places).toContainEqual(cluster);
});

/** A cluster behind TLS that lets the sessions of some roles in. */
async function startEks(...roleArns: string[]) {
  const tls = await selfSigned(5);
  const roles = new Set(roleArns);
  const door = { cluster: 'main', sts: aws.endpoint, roles };
  const eks = await startFakeKubernetes({ tls, takes: (token) => takesToken(door, token) });
  clusters.push(eks);
  return { eks, roles, certificate: tls.certificate };
}

/** As if a provider of Kubernetes had made a namespace in the last apply. */
function withNamespace<T extends { readonly body: string }>(version: T): T {
  const state = JSON.parse(version.body);
  state.resources.push({
    mode: 'managed',
    type: 'kubernetes_namespace_v1',
    name: 'namespace',
    provider: 'provider["registry.terraform.io/hashicorp/kubernetes"]',
    instances: [{ schema_version: 0, attributes: { id: 'shop', metadata: [{ name: 'shop' }] } }],
  });
  return { ...version, body: JSON.stringify(state) };
}

/** A workload and a database that are not ready, an ingress with its certificate, and a quota that is nearly used up. */
function putShop({ answers, objects }: FakeKubernetes, certificate: string): void {
  const put = (kind: string, name: string, rest: object) =>
    objects.push({ kind, metadata: { name, namespace: 'shop' }, ...rest });
  put('Deployment', 'web', { spec: { replicas: 3 }, status: { readyReplicas: 2 } });
  put('StatefulSet', 'database', { spec: { replicas: 1 }, status: {} });
  put('ResourceQuota', 'quota', { status: { hard: { pods: '10' }, used: { pods: '9' } } });
  put('Ingress', 'web', {
    spec: { tls: [{ secretName: 'tls' }] },
    status: { loadBalancer: { ingress: [{ hostname: 'lb.example.com' }] } },
  });
  const data = { 'tls.crt': Buffer.from(certificate).toString('base64') };
  answers.set('/api/v1/namespaces/shop/secrets/tls', { body: { data } });
}

test('a destroy names what holds it, searches account and cluster, and is proved once nothing is there', async () => {
  const other = '230000000004';
  const connected = await connect(other, { cluster: { kind: 'kubeconfig', secret_ref: 'main' } });
  await mkdir(join(home, 'kube', connected.tenantId), { recursive: true });
  await writeFile(join(home, 'kube', connected.tenantId, 'main'), kubernetes.kubeconfig);
  const { environment_id: environmentId, run_id: runId } = await request(connected);
  await approve(runId);
  const path = `/api/v1/environments/${environmentId}`;
  const mark = { 'terrace.dev/environment-id': environmentId };
  const hold = { deletionTimestamp: '2026-01-01T00:00:00Z', finalizers: ['example.com/cleanup'] };
  kubernetes.objects.push({ kind: 'Namespace', metadata: { name: 'shop', labels: mark, ...hold } });
  await writeFile(join(home, 'hold'), '');
  const { body } = await api.call('DELETE', path);
  const holders = 'Namespace shop (in deletion, held by example.com/cleanup)';
  const failed = await approve(body.run_id);
  expect(failed.error).toMatchObject({ code: 'apply_failed', message: expect.stringContaining(holders) });

  await rm(join(home, 'hold'));
  const arn = `arn:aws:ec2:eu-central-1:${other}:vpc/vpc-1`;
  const known = aws.world.account(other);
  aws.put(other, { ...known, things: { [arn]: { region: 'eu-central-1', tags: mark } } });
  const again = await api.call('POST', `${path}/retry`);
  const { error } = await approve(again.body.run_id);
  expect(error.code).toBe('destroy_incomplete');
  expect(error.message).toContain(`there: ec2:vpc ${arn}, ${holders};`);

  aws.put(other, known);
  kubernetes.objects.length = 0;
  await api.call('POST', `${path}/retry`);
  await api.until(path, ({ status }) => status === 'destroyed');
  const { receipt } = await api.get(`${path}/receipt`);
  expect(receipt.verdict).toBe('clean');
  const places = ['eu-central-1', 'us-east-1', 'iam roles'].map((where) => `aws account ${other}, ${where}`);
  expect(JSON.parse(receipt.body).places).toEqual(
    [...places, 'cluster main'].map((place) => ({ place, found: [], reason: null })),
  );
});

test('a bucket that is gone stops a run before terraform starts, and says so', async () => {
  const other = '230000000003';
  const region = 'eu-central-1';
  const bucket = { account: other, region, versioning: true, objects: new Map() };
  aws.world.buckets.set('short-lived', { ...bucket, encryption: { algorithm: 'AES256' } });
  const connected = await connect(other, { state: { kind: 's3', bucket: 'short-lived', region } });
  aws.world.buckets.delete('short-lived');
  const { environment_id: environmentId, run_id: runId } = await request(connected);
  const failed = await api.until(`/api/v1/runs/${runId}`, (run) => run.finished_at !== null);
  expect(failed).toMatchObject({
    status: 'failed',
    error: {
      code: 'state_bucket_not_usable',
      blame: 'tenant_cloud',
      step: 'open_tools',
      message: `could not read s3://short-lived/environments/${environmentId}/terraform.tfstate: there is no such bucket; correct the state of the account and verify it`,
    },
  });
});

async function storedStates(url: string, environmentId: string): Promise<unknown[]> {
  const db = createPool(url, { max: 1, applicationName: 'test' });
  try {
    const text = 'select serial, ciphertext from state_versions where environment_id = $1 order by serial';
    return (await db.query<Record<string, unknown>>(text, [environmentId])).rows;
  } finally {
    await db.end();
  }
}

/** Every row of every table as text. */
async function everyRow(url: string): Promise<string> {
  const db = createPool(url, { max: 1, applicationName: 'test' });
  try {
    const tables = await db.query<{ name: string }>(
      `select format('%I.%I', table_schema, table_name) as name from information_schema.tables
       where table_schema not in ('pg_catalog', 'information_schema') and table_type = 'BASE TABLE'`,
    );
    const texts: string[] = [];
    for (const { name } of tables.rows) {
      const { rows } = await db.query<{ text: string }>(`select t::text as text from ${name} t`);
      texts.push(...rows.map(({ text }) => text));
    }
    return texts.join('\n');
  } finally {
    await db.end();
  }
}
