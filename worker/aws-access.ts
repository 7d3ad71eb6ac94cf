/** What terraform needs to act in a customer's account: a session that renews itself, and the way into the cluster. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Account } from '../src/account/account.js';
import type { Config } from '../src/config/config.js';
import type { AwsConnection } from '../src/credentials/aws-connection.js';
import { describeCluster } from '../src/credentials/eks-cluster.js';
import { eksKubeconfig, kubeconfigSecrets } from '../src/credentials/kubeconfig.js';
import type { RunSession } from '../src/credentials/run-session.js';
import { appError } from '../src/errors/app-error.js';
import { projectRoot } from '../src/lib/project-root.js';
import { serversOf, type StackServers } from '../src/terraform/stack-servers.js';
import { openAccountSession } from './account-session.js';
import { loginRemedy, readDatabaseLogin } from './database-login.js';
import type { WorkerDeps } from './deps.js';
import type { RunContext } from './run-context.js';

export interface AwsAccess {
  /** Of terraform's environment: AWS_*, KUBE_*, of servers; no key of a cloud is among them. */
  readonly env: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/** What it takes of a worker. */
export type AccessDeps = Pick<WorkerDeps, 'db' | 'keyring' | 'credentials'> & {
  readonly config: Pick<
    Config,
    | 'AWS_ENDPOINT_URL'
    | 'PROVISIONING_TIMEOUT'
    | 'KUBECONFIG_FOLDER'
    | 'DATABASE_LOGINS_FOLDER'
    | 'DOCKER_SOCKET'
  >;
};
export type AccessContext = Pick<RunContext, 'redactor' | 'say'> & {
  readonly run: Pick<RunContext['run'], 'runId' | 'environmentId' | 'status'>;
};

export interface AwsAccessProps {
  readonly loaded: { readonly account: Account; readonly environment: { readonly region: string } };
  readonly workDir: string;
  readonly cdkJson: string;
}

/**
 * Opens the session of the phase that the run is in and proves where it leads, before terraform starts. Throws what
 * `openRunSession` throws, `account_not_usable` and `cluster_not_usable`.
 */
export async function openAwsAccess(
  deps: AccessDeps,
  ctx: AccessContext,
  { loaded, workDir, cdkJson }: AwsAccessProps,
): Promise<AwsAccess> {
  const { account, environment } = loaded;
  const aws: AwsConnection = { endpoint: deps.config.AWS_ENDPOINT_URL };
  const { region } = environment;
  const phase = ctx.run.status === 'planning' ? 'plan' : 'apply';
  const timeoutMs = deps.config.PROVISIONING_TIMEOUT * 1000;
  const session = await openAccountSession(deps, ctx, { account, phase, region, timeoutMs });
  ctx.say(`session in account ${account.cloudAccountId} by its ${phase} role`);
  const servers = serversOf(cdkJson);
  const kubeEnv = servers.cluster
    ? await writeKubeconfig(deps, ctx, { aws, account, session, region, workDir })
    : {};
  const serverEnv = await signInToServers(deps, ctx, { account, servers });
  const grant = deps.credentials.grant(session);
  ctx.redactor.add(grant.token);
  return {
    env: {
      ...grant.env,
      AWS_REGION: region,
      AWS_EC2_METADATA_DISABLED: 'true',
      // Whose sessions these are: keys of a stand-in are never shown to AWS itself.
      ...(aws.endpoint === undefined ? {} : { AWS_ENDPOINT_URL: aws.endpoint }),
      ...kubeEnv,
      ...serverEnv,
    },
    close: async () => grant.revoke(),
  };
}

/** Two servers of one stack would be shown each other's password: there it signs in by itself. */
async function signInToServers(
  { config }: Pick<AccessDeps, 'config'>,
  { redactor }: Pick<AccessContext, 'redactor'>,
  { account: { tenantId }, servers: { docker, databases } }: { account: Account; servers: StackServers },
): Promise<Record<string, string>> {
  const dockerEnv: Record<string, string> = docker ? { DOCKER_HOST: `unix://${config.DOCKER_SOCKET}` } : {};
  const [server, ...others] = databases;
  if (server === undefined || others.length > 0) return dockerEnv;
  const login = await readDatabaseLogin({ config, redactor, tenantId }, server);
  if (login === undefined)
    throw appError(
      'account_not_usable',
      `there is no login for the database server ${server.host}:${server.port}, ${server.database}: ${loginRemedy}`,
    );
  return { ...dockerEnv, PGUSER: login.user, PGPASSWORD: login.password };
}

interface ClusterProps {
  readonly aws: AwsConnection;
  readonly account: Account;
  readonly session: RunSession;
  readonly region: string;
  readonly workDir: string;
}

async function writeKubeconfig(
  deps: AccessDeps,
  ctx: AccessContext,
  props: ClusterProps,
): Promise<Record<string, string>> {
  const path = join(props.workDir, 'kubeconfig');
  await writeFile(path, await kubeconfigOf(deps, ctx, props), { mode: 0o600 });
  return { KUBE_CONFIG_PATH: path };
}

async function kubeconfigOf(deps: AccessDeps, ctx: AccessContext, props: ClusterProps): Promise<string> {
  const { account, aws, region, session } = props;
  const { cluster } = account;
  if (cluster?.kind !== 'eks') return readKubeconfig(deps, ctx, account);
  const found = await describeCluster(aws, { name: cluster.name, region, keys: await session.keys() });
  const script = join(projectRoot, 'dist/src/main/eks-token.js');
  return eksKubeconfig(found, { command: process.execPath, args: [script, cluster.name, region] });
}

/** The kubeconfig of a cluster that is no EKS. Throws `account_not_usable` without a cluster, `cluster_not_usable` without the file. */
export async function readKubeconfig(
  deps: Pick<AccessDeps, 'config'>,
  ctx: Pick<AccessContext, 'redactor'>,
  { accountId, cluster, tenantId }: Account,
): Promise<string> {
  if (cluster?.kind !== 'kubeconfig')
    throw appError(
      'account_not_usable',
      `account ${accountId} has no cluster, and the environment has parts in Kubernetes: set its cluster`,
    );
  const folder = deps.config.KUBECONFIG_FOLDER;
  const missing = (why: string) =>
    appError('cluster_not_usable', `the kubeconfig ${cluster.secretRef} of account ${accountId} ${why}`);
  if (folder === undefined) throw missing('cannot be read: this worker has no KUBECONFIG_FOLDER');
  const text = await readFile(join(folder, tenantId, cluster.secretRef), 'utf8').catch(() => {
    throw missing("is not in this worker's folder");
  });
  for (const secret of kubeconfigSecrets(text)) ctx.redactor.add(secret);
  return text;
}
