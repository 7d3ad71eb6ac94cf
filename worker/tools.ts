import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { appError } from '../src/errors/app-error.js';
import { releaseDeadLock } from '../src/state/state-store.js';
import { linkPrepared, prepareTerraform } from '../src/terraform/prepared.js';
import { buildTerraformEnv, writeCliConfig } from '../src/terraform/terraform-env.js';
import type { TerraformContext } from '../src/terraform/terraform.js';
import { createWorkDir, removeWorkDir } from '../src/terraform/work-dir.js';
import type { WorkerDeps } from './deps.js';
import type { Loaded } from './load.js';
import type { RunContext } from './run-context.js';

/** One run's terraform: a private work directory, its own state credentials, its own provider sockets. */
export interface Tools {
  readonly terraform: TerraformContext;
  readonly lockSha256: string;
  close(): Promise<void>;
}

/** Opens the tools of a run; whatever was opened is closed again when a later part fails. */
export async function openTools(
  deps: WorkerDeps,
  ctx: RunContext,
  given: Loaded & { readonly cdkJson: string },
): Promise<Tools> {
  const closers: (() => Promise<void>)[] = [];
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    return { ...(await open(deps, ctx, given, closers)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function open(
  deps: WorkerDeps,
  ctx: RunContext,
  given: Loaded & { readonly cdkJson: string },
  closers: (() => Promise<void>)[],
): Promise<Omit<Tools, 'close'>> {
  const { config, tool } = deps;
  const { runId, environmentId } = ctx.run;
  await releaseDeadLock(deps.db, environmentId);
  const workDir = await createWorkDir(config.workdirBase, runId);
  closers.push(() => removeWorkDir(config.workdirBase, runId));
  await writeFile(join(workDir, 'cdk.tf.json'), given.cdkJson, { mode: 0o600 });
  await writeCliConfig(workDir, config.TERRAFORM_PROVIDER_MIRROR);
  const state = deps.states.grant({ environmentId, ...ctx.lease });
  closers.push(async () => state.revoke());
  ctx.redactor.add(state.password);
  const reattachProviders = await openProviders(deps, ctx, { ...given, closers });
  const prepared = await prepareTerraform({
    tool,
    home: config.home,
    cdkJson: JSON.parse(given.cdkJson),
    mode: 'sandbox',
    reattachProviders,
    timeoutMs: config.PROVISIONING_TIMEOUT * 1000,
    onLine: ctx.say,
  });
  await linkPrepared(prepared, workDir);
  const terraform: TerraformContext = {
    tool,
    workDir,
    env: buildTerraformEnv({ workDir, path: config.path, state, reattachProviders, variables: given.secrets }),
    timeoutMs: config.PROVISIONING_TIMEOUT * 1000,
    signal: ctx.signal,
    onLine: ctx.say,
    mask: (text) => ctx.redactor.mask(text),
  };
  return { terraform, lockSha256: prepared.lockSha256 };
}

type ProviderProps = Loaded & { readonly closers: (() => Promise<void>)[] };

/** The sandbox's sockets for this run, as the value of TF_REATTACH_PROVIDERS. */
async function openProviders(deps: WorkerDeps, ctx: RunContext, given: ProviderProps): Promise<string> {
  const { account, environment } = given;
  if (account.provider !== 'sandbox' || deps.sandbox === null)
    throw appError('account_not_usable', `account ${account.accountId} cannot be reached from this worker`);
  const session = await deps.sandbox.open({
    environmentId: environment.environmentId,
    runId: ctx.run.runId,
    accountId: account.cloudAccountId,
    region: environment.region,
  });
  given.closers.push(() => session.close());
  return session.reattach;
}
