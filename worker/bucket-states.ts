import type { Account, StateLocation } from '../src/account/account.js';
import { partitionOf } from '../src/credentials/partition.js';
import { statePolicy } from '../src/state/bucket-rules.js';
import { openStateBucket } from '../src/state/state-bucket.js';
import { bucketStates, type StateSource, type StateSourceProps } from '../src/state/state-source.js';
import { openAccountSession } from './account-session.js';
import type { WorkerDeps } from './deps.js';
import type { StateContext } from './run-context.js';

export interface BucketStatesProps {
  readonly account: Account;
  readonly location: Extract<StateLocation, { kind: 's3' }>;
  readonly props: StateSourceProps;
}

/**
 * Opens the environment's place in the customer's bucket by a session of its own, which may touch nothing else, and reads the
 * state once, so that a bucket that is not usable is told before terraform starts.
 */
export async function openBucketStates(
  deps: WorkerDeps,
  ctx: StateContext,
  { account, location, props }: BucketStatesProps,
): Promise<StateSource> {
  const { run } = ctx;
  const aws = { endpoint: deps.config.AWS_ENDPOINT_URL };
  const phase = run.status === 'planning' ? 'plan' : 'apply';
  const session = await openAccountSession(deps, ctx, {
    account,
    phase,
    region: location.region,
    timeoutMs: deps.config.PROVISIONING_TIMEOUT * 1000,
    policy: statePolicy({
      ...location,
      environmentId: run.environmentId,
      partition: partitionOf(account.planRoleArn),
    }),
  });
  const bucket = openStateBucket(aws, {
    location,
    account,
    environmentId: run.environmentId,
    keys: () => session.keys(),
  });
  ctx.onClose(() => bucket.close());
  const states = bucketStates(props, bucket);
  const state = await states.read();
  ctx.say(`state ${state?.serial ?? 'not made yet'} in ${bucket.state.address} by the ${phase} role`);
  return states;
}
