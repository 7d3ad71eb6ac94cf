/** What would stop an environment later, found out before: read with the plan role. */
import { DescribeRegionsCommand, EC2Client } from '@aws-sdk/client-ec2';
import type { Account } from '../account/account.js';
import type { AccountCheck } from '../account/verification.js';
import { awsError, clientConfig, type AwsConnection } from './aws-connection.js';
import { failedCheck, passedCheck, skippedCheck } from './check.js';
import type { SessionKeys } from './session.js';

export interface PreflightProps {
  readonly account: Account;
  readonly keys: SessionKeys;
}

/** Every check of every region; a check that the role may not make is skipped, with the permission it lacks. */
export async function preflight(aws: AwsConnection, props: PreflightProps): Promise<AccountCheck[]> {
  return checkRegions(aws, props);
}

async function checkRegions(aws: AwsConnection, { account, keys }: PreflightProps): Promise<AccountCheck[]> {
  const client = new EC2Client(clientConfig(aws, { region: account.regions[0] ?? 'us-east-1', keys }));
  try {
    const { Regions = [] } = await client.send(new DescribeRegionsCommand({ AllRegions: true }));
    return account.regions.map((region) => {
      const name = `region_enabled:${region}`;
      const optIn = Regions.find((one) => one.RegionName === region)?.OptInStatus;
      if (optIn === 'opt-in-not-required' || optIn === 'opted-in')
        return passedCheck(name, `region ${region} is enabled`);
      const text =
        optIn === undefined
          ? `AWS has no region ${region}: correct the regions of the account`
          : `region ${region} is not enabled: enable it in the account (Billing, Account, AWS Regions)`;
      return failedCheck(name, 'region_not_enabled', text, { region, opt_in_status: optIn ?? null });
    });
  } catch (error) {
    const { code, message } = awsError(error, 'list the regions of the account');
    return [skippedCheck('region_enabled', code, message, { action: 'ec2:DescribeRegions' })];
  } finally {
    client.destroy();
  }
}
