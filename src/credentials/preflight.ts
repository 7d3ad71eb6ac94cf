/** What would stop an environment later, found out before: read with the plan role. */
import type { Account } from '../account/account.js';
import type { AccountCheck } from '../account/verification.js';
import type { AwsConnection } from './aws-connection.js';
import { checkActions } from './preflight-actions.js';
import { checkCluster } from './preflight-cluster.js';
import { checkNetworks } from './preflight-networks.js';
import { checkQuotas } from './preflight-quotas.js';
import { checkRegions } from './preflight-regions.js';
import { checkStateBucket } from './preflight-bucket.js';
import type { SessionKeys } from './session.js';

export interface PreflightProps {
  readonly account: Account;
  readonly tenantSlug: string;
  readonly keys: SessionKeys;
  /** Address blocks that are wanted for new networks. */
  readonly cidrBlocks: readonly string[];
}

/** Every check; one that the role may not make is skipped, with the permission it lacks. */
export async function preflight(aws: AwsConnection, props: PreflightProps): Promise<AccountCheck[]> {
  const regions = await checkRegions(aws, props);
  const enabled = regions
    .filter(({ status }) => status === 'passed')
    .map(({ metadata }) => String(metadata.region));
  const checks = [...regions, ...(await checkActions(aws, props)), ...(await checkStateBucket(aws, props))];
  for (const region of enabled) {
    const here = { ...props, region };
    const found = await Promise.all([
      checkQuotas(aws, here),
      checkNetworks(aws, here),
      checkCluster(aws, here),
    ]);
    checks.push(...found.flat());
  }
  return checks;
}

/** One region of a preflight. */
export type RegionProps = PreflightProps & { readonly region: string };
