import { limitHit } from '../src/config/limits.js';
import { getAccount } from '../src/account/account-store.js';
import { inTransaction } from '../src/db/db.js';
import { getEnvironment } from '../src/environment/environment-store.js';
import type { Health } from '../src/environment/environment.js';
import { appError } from '../src/errors/app-error.js';
import { settleDrift } from '../src/drift/drift-store.js';
import { keepRunHealth } from '../src/health/health-store.js';
import { troubles } from '../src/health/health.js';
import type { EnvironmentChange } from '../src/run/run-transition.js';
import type { State } from '../src/state/state-rules.js';
import { settleRestored } from '../src/state/restore-store.js';
import { awaitHealth } from './await-health.js';
import type { WorkerDeps } from './deps.js';
import { openProbe } from './health-probe.js';
import { timeApply, timeHealth } from './phases.js';
import type { RunContext } from './run-context.js';
import { proveDestroyed } from './receipt.js';
import { statesOf } from './states.js';

/** verifying -> succeeded: the environment is what was asked for, its outputs are handed over; or nothing is left of it. */
export async function verifyRun(deps: WorkerDeps, ctx: RunContext): Promise<void> {
  const { kind } = ctx.run;
  const recovered = ctx.run.status === 'verifying';
  if (!recovered) await ctx.move({ to: 'verifying', message: 'terraform is done; checking the result' });
  await timeApply(deps, ctx);
  const leaves = await timeHealth(deps, ctx, () => ctx.step('verify', () => inspect(deps, ctx)));
  const message = kind === 'destroy' ? 'the environment is destroyed' : 'the environment is ready';
  await ctx.move({ to: 'succeeded', message, leaves }, async (tx) => {
    await settleDrift(tx, ctx.run);
    await settleRestored(tx, ctx.run.environmentId);
  });
}

/**
 * Reads the outputs from the state that the apply left, and waits until the environment is healthy. Throws
 * `health_check_failed` when it is not within HEALTH_CHECK_TIMEOUT; a degraded one has passed.
 */
export async function inspect(deps: WorkerDeps, ctx: RunContext): Promise<EnvironmentChange> {
  const { environmentId, kind } = ctx.run;
  const state = await (await statesOf(deps, ctx)).read();
  if (kind === 'destroy') {
    const left = state?.resources ?? [];
    if (left.length === 0) {
      await proveDestroyed(deps, ctx);
      return { outputs: {} };
    }
    const names = left.map((resource) => resource.address).join(', ');
    throw appError('apply_failed', `the destroy left ${left.length} resources in the state: ${names}`);
  }
  const health = await checkHealth(deps, ctx, state);
  if (health.overall === 'unhealthy')
    throw appError(
      'health_check_failed',
      `the environment was applied but is not healthy within ${deps.config.HEALTH_CHECK_TIMEOUT} s: ${troubles(health)}`,
      { extra: limitHit({ name: 'HEALTH_CHECK_TIMEOUT', ms: deps.config.HEALTH_CHECK_TIMEOUT * 1000 }) },
    );
  const outputs = Object.entries(state?.outputs ?? {});
  const open = outputs
    .filter(([, output]) => !output.sensitive)
    .map(([name, output]) => [name, output.value]);
  const secret = outputs
    .filter(([, output]) => output.sensitive)
    .map(([name, output]) => [name, output.value]);
  const sealed = deps.keyring.encrypt(JSON.stringify(Object.fromEntries(secret)), `outputs:${environmentId}`);
  return { outputs: Object.fromEntries(open), secretOutputs: sealed };
}

/** Gives the environment time to come up. */
async function checkHealth(deps: WorkerDeps, ctx: RunContext, state: State | null): Promise<Health> {
  const { run, signal } = ctx;
  const { HEALTH_CHECK_TIMEOUT: seconds, HEALTH_HISTORY: keep } = deps.config;
  const startedAt = new Date();
  const environment = await getEnvironment(deps.db, run.tenantId, run.environmentId);
  const account = await getAccount(deps.db, run.tenantId, run.accountId);
  const probe = openProbe(deps, ctx, { environment, account, state: state ?? noState });
  const health = await awaitHealth(probe, {
    limitMs: seconds * 1000,
    signal,
  });
  for (const [name, { status, message }] of Object.entries(health.components))
    ctx.say(`health of ${name}: ${status}: ${ctx.redactor.mask(message)}`);
  await inTransaction(deps.db, (tx) => keepRunHealth(tx, run, { health, startedAt, keep }));
  return health;
}

const noState: State = { serial: 0, lineage: '', outputs: {}, resources: [] };
