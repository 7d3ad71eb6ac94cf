import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { limitOf } from '../src/config/limits.js';
import { assertNotDiverged } from '../src/environment/queue-run.js';
import { appError } from '../src/errors/app-error.js';
import { onDisk } from '../src/errors/disk-full.js';
import { preparedFor, linkPrepared } from '../src/terraform/prepared.js';
import type { StateSource } from '../src/state/state-source.js';
import { releaseDeadLock, releaseOwnLock } from '../src/state/state-store.js';
import type { StateGrant } from '../src/state/state-backend.js';
import { buildTerraformEnv } from '../src/terraform/terraform-env.js';
import type { TerraformContext } from '../src/terraform/terraform.js';
import { createWorkDir, removeWorkDir } from '../src/terraform/work-dir.js';
import type { WorkerDeps } from './deps.js';
import type { Loaded } from './load.js';
import { handIn } from './hand-in.js';
import { assertNotGoneBack, settleLefts } from './left-states.js';
import type { RunContext } from './run-context.js';
import { statesOf } from './states.js';

/** One run's terraform: a private work directory, its own state credentials, its own provider sockets. */
export interface Tools {
  readonly terraform: TerraformContext;
  readonly states: StateSource;
  readonly lockSha256: string;
  /** See StateGrant. */
  readonly whenLocked: StateGrant['whenLocked'];
  close(): Promise<void>;
}

/** Opens the tools of a run; whatever was opened is closed again when a later part fails. */
export async function openTools(
  deps: WorkerDeps,
  ctx: RunContext,
  given: Loaded & { cdkJson: string },
): Promise<Tools> {
  const { run } = ctx;
  const closers: (() => Promise<void>)[] = [];
  const close = async () => {
    for (const closer of closers.reverse().splice(0)) await closer();
  };
  try {
    await releaseDeadLock(deps.db, run.environmentId);
    closers.push(() => giveLockBack(deps, ctx));
    const here = <T>(work: () => Promise<T>) => onDisk('WORKDIR_BASE', work);
    const workDir = await here(() => createWorkDir(deps.config.workdirBase, run.runId));
    closers.push(() => removeWorkDir(workDir));
    await here(() => writeFile(join(workDir, 'cdk.tf.json'), given.cdkJson, { mode: 0o600 }));
    const states = await statesOf(deps, ctx);
    assertNotDiverged(given.environment);
    await handIn(deps);
    await settleLefts(deps, ctx, states);
    await assertNotGoneBack(deps, ctx, states);
    const grant = states.grant();
    closers.push(async () => grant.revoke());
    ctx.redactor.add(grant.password);
    const providers = await openProviders(deps, ctx, { ...given, workDir });
    closers.push(providers.close);
    const env = await here(() =>
      buildTerraformEnv({
        workDir,
        path: deps.config.path,
        state: grant.env,
        providers: providers.reattach,
        credentials: providers.credentials,
        variables: given.secrets,
        providerMirror: deps.config.TERRAFORM_PROVIDER_MIRROR,
      }),
    );
    const { home } = deps.config;
    const prepared = await onDisk('TERRACE_HOME', () =>
      preparedFor({ home, tool: deps.tool, cdkJson: given.cdkJson, env }),
    );
    await here(() => linkPrepared(prepared, workDir));
    const terraform: TerraformContext = {
      tool: deps.tool,
      workDir,
      env,
      timeoutMs: deps.config.PROVISIONING_TIMEOUT * 1000,
      limits: {
        plan: limitOf(deps.config, 'PLAN_TIMEOUT'),
        apply: limitOf(deps.config, run.kind === 'destroy' ? 'DESTROY_TIMEOUT' : 'APPLY_TIMEOUT'),
      },
      silence: { name: 'SILENCE_TIMEOUT', ms: deps.config.SILENCE_TIMEOUT * 1000 },
      signal: ctx.signal,
      kill: ctx.kill,
      graceMs: deps.config.TERRAFORM_STOP_TIMEOUT * 1000,
      saveMs: deps.config.STATE_SAVE_TIMEOUT * 1000,
      onLine: ctx.say,
      mask: (text) => ctx.redactor.mask(text),
    };
    const { whenLocked } = grant;
    return { terraform, states, lockSha256: prepared.lockSha256, whenLocked, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Whatever terraform there was is gone by then; one that was killed gave nothing back. Else the next one who opens them does. */
async function giveLockBack(deps: WorkerDeps, ctx: RunContext): Promise<void> {
  try {
    await releaseOwnLock(deps.db, ctx.lease);
  } catch (error) {
    ctx.log.warn({ err: error }, 'the lock of a run that ended could not be looked for');
  }
}

interface Providers {
  /** How terraform reaches the sandbox. */
  readonly reattach?: Readonly<Record<string, string>>;
  /** How real providers reach the customer's account. */
  readonly credentials?: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

async function openProviders(
  deps: WorkerDeps,
  ctx: RunContext,
  given: Loaded & { cdkJson: string; workDir: string },
): Promise<Providers> {
  const { account, environment } = given;
  if (account.provider === 'aws') {
    // Loaded when first needed: most of it are the clients of AWS.
    const { openAwsAccess } = await import('./aws-access.js');
    const access = await openAwsAccess(deps, ctx, { loaded: given, ...given });
    return { credentials: access.env, close: access.close };
  }
  if (deps.sandbox === null)
    throw appError('account_not_usable', `account ${account.accountId} cannot be reached from this worker`);
  const session = await deps.sandbox.open({
    environmentId: environment.environmentId,
    runId: ctx.run.runId,
    accountId: account.cloudAccountId,
    region: environment.region,
  });
  return { reattach: { TF_REATTACH_PROVIDERS: session.reattach }, close: () => session.close() };
}
