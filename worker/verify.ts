import { appError } from '../src/errors/app-error.js';
import type { EnvironmentChange } from '../src/run/run-transition.js';
import { healthOf } from '../src/health/health.js';
import type { WorkerDeps } from './deps.js';
import { timeApply, timeHealth } from './phases.js';
import type { RunContext } from './run-context.js';
import { statesOf } from './states.js';

/** verifying -> succeeded: the environment is what was asked for, its outputs are handed over; or nothing is left of it. */
export async function verifyRun(deps: WorkerDeps, ctx: RunContext): Promise<void> {
  const { kind } = ctx.run;
  const recovered = ctx.run.status === 'verifying';
  if (!recovered) await ctx.move({ to: 'verifying', message: 'terraform is done; checking the result' });
  await timeApply(deps, ctx);
  const leaves = await timeHealth(deps, ctx, () => ctx.step('verify', () => inspect(deps, ctx)));
  await ctx.move({
    to: 'succeeded',
    message: kind === 'destroy' ? 'the environment is destroyed' : 'the environment is ready',
    leaves,
  });
}

/** Reads health and outputs from the state that the apply left. */
export async function inspect(deps: WorkerDeps, ctx: RunContext): Promise<EnvironmentChange> {
  const { environmentId, kind } = ctx.run;
  const state = await (await statesOf(deps, ctx)).read();
  if (kind === 'destroy') {
    const left = state?.resources ?? [];
    if (left.length === 0) return { outputs: {} };
    const names = left.map((resource) => resource.address).join(', ');
    throw appError('apply_failed', `the destroy left ${left.length} resources in the state: ${names}`);
  }
  const health = healthOf(state?.resources ?? [], new Date());
  if (health.overall !== 'healthy') {
    const reasons = Object.values(health.components).filter((component) => component.status !== 'healthy');
    const texts = reasons.map((component) => component.message).join('; ');
    throw appError('health_check_failed', `the environment was applied but is not healthy: ${texts}`);
  }
  const outputs = Object.entries(state?.outputs ?? {});
  const open = outputs
    .filter(([, output]) => !output.sensitive)
    .map(([name, output]) => [name, output.value]);
  const secret = outputs
    .filter(([, output]) => output.sensitive)
    .map(([name, output]) => [name, output.value]);
  const sealed = deps.keyring.encrypt(JSON.stringify(Object.fromEntries(secret)), `outputs:${environmentId}`);
  return { health, outputs: Object.fromEntries(open), secretOutputs: sealed };
}
