/** What terraform is given of a customer's account and its cluster, with real sessions of the stand-in for AWS. */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { insertAccount } from '../../src/account/account-store.js';
import type { Account, CreateAccount } from '../../src/account/account.js';
import { sealExternalId } from '../../src/account/external-id-store.js';
import { startCredentialEndpoint, type CredentialEndpoint } from '../../src/credentials/endpoint.js';
import { tokenKubeconfig } from '../../src/credentials/kubeconfig.js';
import { createKeyring } from '../../src/crypto/envelope.js';
import { readCluster } from '../../src/health/cluster-client.js';
import { newId } from '../../src/lib/ids.js';
import { createLog } from '../../src/log/log.js';
import { Redactor } from '../../src/log/redactor.js';
import { openAwsAccess, type AccessContext, type AwsAccess } from '../../worker/aws-access.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { takesToken } from '../support/eks-door.js';
import { applyRole, customer, planRole } from '../support/fake-aws/customer.js';
import { startFakeAws, type FakeAws } from '../support/fake-aws/server.js';
import type { FakeAccount } from '../support/fake-aws/world.js';
import { startFakeKubernetes, type FakeKubernetes } from '../support/fake-kubernetes.js';
import { selfSigned } from '../support/self-signed.js';

const region = 'eu-central-1';
const externalId = 'terrace-0123456789abcdef';
const keyring = createKeyring({ current: randomBytes(32) });
let aws: FakeAws;
let database: TestDatabase;
let credentials: CredentialEndpoint;
let folder: string;
let workDir: string;
let tenantId: string;
const clusters: FakeKubernetes[] = [];
const formerEnv = { ...process.env };

beforeAll(async () => {
  [aws, database, credentials, folder] = await Promise.all([
    startFakeAws(),
    createTestDatabase(),
    startCredentialEndpoint({ log: createLog('silent', 'test') }),
    mkdtemp(join(tmpdir(), 'terrace-access-')),
  ]);
  // The control account's own keys come from where the AWS SDK looks for them.
  process.env.AWS_ACCESS_KEY_ID = aws.controlKeys.accessKeyId;
  process.env.AWS_SECRET_ACCESS_KEY = aws.controlKeys.secretAccessKey;
  tenantId = newId('tenant');
  await database.db.query(`insert into tenants (tenant_id, name, slug) values ($1, 'Globex', 'globex')`, [
    tenantId,
  ]);
});
afterAll(async () => {
  process.env = formerEnv;
  await credentials.close();
  await aws.close();
  await Promise.all(clusters.map((one) => one.close()));
  await database.drop();
  await rm(folder, { recursive: true });
});
beforeEach(async () => {
  workDir = await mkdtemp(join(folder, 'run-'));
});

let made = 0;

async function connected(
  cluster: CreateAccount['cluster'],
  cloud: Omit<FakeAccount, 'roles'> = {},
): Promise<Account> {
  const cloudAccountId = String(270_000_000_000 + ++made);
  const accountId = newId('account');
  aws.put(cloudAccountId, customer(externalId, cloud));
  const account = await insertAccount(database.db, {
    accountId,
    tenantId,
    name: `prod-${made}`,
    provider: 'aws',
    cloudAccountId,
    regions: [region],
    planRoleArn: planRole(cloudAccountId),
    applyRoleArn: applyRole(cloudAccountId),
    cluster,
    externalId: sealExternalId(keyring, accountId, externalId),
  });
  return account!;
}

const withKubernetes = JSON.stringify({ provider: { kubernetes: [{}] } });
const withHelm = JSON.stringify({ provider: { helm: [{}] } });
const without = JSON.stringify({ provider: { aws: [{}] } });

interface Opening {
  readonly cdkJson?: string;
  readonly status?: AccessContext['run']['status'];
  readonly kubeconfigs?: string;
  readonly logins?: string;
}

async function open(
  account: Account,
  { cdkJson = withKubernetes, status = 'planning', kubeconfigs, logins }: Opening = {},
): Promise<AwsAccess & { readonly redactor: Redactor; readonly said: readonly string[] }> {
  const redactor = new Redactor();
  const said: string[] = [];
  const access = await openAwsAccess(
    {
      db: database.db,
      keyring,
      credentials,
      config: {
        AWS_ENDPOINT_URL: aws.endpoint,
        PROVISIONING_TIMEOUT: 600,
        KUBECONFIG_FOLDER: kubeconfigs,
        DATABASE_LOGINS_FOLDER: logins,
        DOCKER_SOCKET: '/run/docker.sock',
      },
    },
    {
      run: { runId: newId('run'), environmentId: newId('environment'), status },
      redactor,
      say: (line) => said.push(line),
    },
    { loaded: { account, environment: { region } }, workDir, cdkJson },
  );
  return { ...access, redactor, said };
}

const shop = { clusters: { shop: { endpoint: 'https://shop.eks.example', certificateAuthority: 'PEM' } } };
const kubeconfigOf = async () => readFile(join(workDir, 'kubeconfig'), 'utf8');

describe('a stack with parts in Kubernetes', () => {
  test('gets a kubeconfig for the EKS cluster, whose plugin makes tokens from the session of the run', async () => {
    const tls = await selfSigned();
    const roles = new Set<string>();
    let lateMs = 0;
    const door = { cluster: 'shop', sts: aws.endpoint, roles, now: () => Date.now() + lateMs };
    const eks = await startFakeKubernetes({ tls, takes: (token) => takesToken(door, token) });
    clusters.push(eks);
    const found = { endpoint: eks.endpoint, certificateAuthority: tls.certificate };
    const account = await connected({ kind: 'eks', name: 'shop' }, { clusters: { shop: found } });
    const { env, redactor } = await open(account, { status: 'applying' });
    expect(env.KUBE_CONFIG_PATH).toBe(join(workDir, 'kubeconfig'));
    expect((await stat(env.KUBE_CONFIG_PATH!)).mode & 0o777).toBe(0o600);
    const kubeconfig = JSON.parse(await kubeconfigOf());
    const certificateAuthority = Buffer.from(tls.certificate).toString('base64');
    expect(kubeconfig.clusters[0].cluster).toEqual({
      server: eks.endpoint,
      'certificate-authority-data': certificateAuthority,
    });
    const { command, args } = kubeconfig.users[0].user.exec;
    const { stdout } = await promisify(execFile)(command, args, { env: { ...env } });
    const { status } = JSON.parse(stdout);
    eks.objects.push({ kind: 'Deployment', metadata: { name: 'web', namespace: 'shop' }, spec: {} });
    const read = (authority = certificateAuthority) => {
      const cluster = { name: 'shop', endpoint: eks.endpoint, certificateAuthority: authority };
      const signal = AbortSignal.timeout(5000);
      return readCluster({
        kubeconfig: tokenKubeconfig(cluster, status.token),
        namespaces: ['shop'],
        signal,
      });
    };
    const refused = 'it refuses our credentials: give the plan role access to it';
    await expect(read()).rejects.toThrow(refused);
    roles.add(applyRole(account.cloudAccountId));
    expect((await read()).workloads).toHaveLength(1);
    lateMs = 15 * 60_000;
    await expect(read()).rejects.toThrow(refused);
    const another = Buffer.from((await selfSigned()).certificate).toString('base64');
    await expect(read(another)).rejects.toThrow(
      'its certificate is not of the authority that is known for it (DEPTH_ZERO_SELF_SIGNED_CERT): see who answers at its address',
    );
    const session = [...aws.world.identities.values()].findLast(
      ({ role }) => role === applyRole(account.cloudAccountId),
    )!;
    for (const secret of [session.keys.secretAccessKey, session.keys.sessionToken!, externalId]) {
      expect(await kubeconfigOf()).not.toContain(secret);
      expect(JSON.stringify(env)).not.toContain(secret);
      expect(redactor.mask(`x ${secret} y`)).toBe('x *** y');
    }
  });

  test('gets the kubeconfig that the operator keeps for the tenant, and its secrets are masked', async () => {
    const kubeconfigs = await mkdtemp(join(folder, 'kubeconfigs-'));
    await mkdir(join(kubeconfigs, tenantId));
    const text = 'users:\n- name: x\n  user:\n    token: s3cr3t-t0ken\n';
    await writeFile(join(kubeconfigs, tenantId, 'own'), text);
    const account = await connected({ kind: 'kubeconfig', secretRef: 'own' });
    const { redactor } = await open(account, { cdkJson: withHelm, kubeconfigs });
    expect(await kubeconfigOf()).toBe(text);
    expect((await stat(join(workDir, 'kubeconfig'))).mode & 0o777).toBe(0o600);
    expect(redactor.mask('token s3cr3t-t0ken')).toBe('token ***');
  });

  test("does not get another tenant's kubeconfig, nor one that is not there", async () => {
    const kubeconfigs = await mkdtemp(join(folder, 'kubeconfigs-'));
    await mkdir(join(kubeconfigs, 'ten_other'));
    await writeFile(join(kubeconfigs, 'ten_other', 'own'), 'users: []');
    const account = await connected({ kind: 'kubeconfig', secretRef: 'own' });
    const refused = (message: string) => ({ code: 'cluster_not_usable', message });
    await expect(open(account, { kubeconfigs })).rejects.toMatchObject(
      refused(`the kubeconfig own of account ${account.accountId} is not in this worker's folder`),
    );
    await expect(open(account)).rejects.toMatchObject(
      refused(
        `the kubeconfig own of account ${account.accountId} cannot be read: this worker has no KUBECONFIG_FOLDER`,
      ),
    );
  });

  test('is refused where the account has no cluster, or one that is not usable', async () => {
    const bare = await connected(null);
    await expect(open(bare)).rejects.toMatchObject({
      code: 'account_not_usable',
      message: `account ${bare.accountId} has no cluster, and the environment has parts in Kubernetes: set its cluster`,
    });
    await expect(open(await connected({ kind: 'eks', name: 'gone' }))).rejects.toMatchObject({
      code: 'cluster_not_usable',
      message: 'there is no cluster gone in eu-central-1: correct the cluster of the account',
    });
    const young = { clusters: { shop: { ...shop.clusters.shop, status: 'CREATING' } } };
    await expect(open(await connected({ kind: 'eks', name: 'shop' }, young))).rejects.toThrow(
      'cluster shop is creating: wait until it is active',
    );
  });
});

describe('a stack without', () => {
  test('gets a session alone, by the role of its phase; its address ends with the run', async () => {
    const account = await connected({ kind: 'eks', name: 'shop' });
    const { env, said, close, redactor } = await open(account, { cdkJson: without });
    expect(said).toEqual([`session in account ${account.cloudAccountId} by its plan role`]);
    expect(env).toEqual({
      AWS_CONTAINER_CREDENTIALS_FULL_URI: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/[0-9a-f]{24}$/),
      AWS_CONTAINER_AUTHORIZATION_TOKEN: expect.any(String),
      AWS_REGION: region,
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_ENDPOINT_URL: aws.endpoint,
    });
    await expect(stat(join(workDir, 'kubeconfig'))).rejects.toThrow('ENOENT');
    const token = env.AWS_CONTAINER_AUTHORIZATION_TOKEN!;
    expect(redactor.mask(token)).toBe('***');
    const ask = () => fetch(env.AWS_CONTAINER_CREDENTIALS_FULL_URI!, { headers: { authorization: token } });
    const given = (await (await ask()).json()) as { AccessKeyId: string };
    expect(aws.world.identities.get(given.AccessKeyId)?.role).toBe(planRole(account.cloudAccountId));
    await close();
    expect((await ask()).status).toBe(401);
  });
});

describe('a stack with a part on a server of many tenants', () => {
  const server = { host: 'db.example.com', port: 5432, database: 'shared', sslmode: 'require' };
  const stackOn = (...servers: object[]) =>
    JSON.stringify({ provider: { docker: [{}], postgresql: servers } });

  test("signs in there as the tenant's file says, and finds the Docker of the machine", async () => {
    const logins = await mkdtemp(join(folder, 'logins-'));
    await writeFile(join(logins, tenantId), 'db.example.com:5432:shared:admin:s3cr3t-p4ss\n');
    const account = await connected(null);
    const { env, redactor } = await open(account, { cdkJson: stackOn(server), logins });
    expect(env).toMatchObject({
      PGUSER: 'admin',
      PGPASSWORD: 's3cr3t-p4ss',
      DOCKER_HOST: 'unix:///run/docker.sock',
    });
    expect(redactor.mask('with s3cr3t-p4ss')).toBe('with ***');
    await expect(
      open(account, { cdkJson: stackOn({ ...server, host: 'evil.example.com' }), logins }),
    ).rejects.toMatchObject({
      code: 'account_not_usable',
      message:
        "there is no login for the database server evil.example.com:5432, shared: add a line for it to the tenant's file in DATABASE_LOGINS_FOLDER of the workers",
    });
    const two = await open(account, { cdkJson: stackOn(server, { host: 'evil.example.com' }), logins });
    expect(Object.keys(two.env)).not.toContain('PGPASSWORD');
  });
});
