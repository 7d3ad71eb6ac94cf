import { DescribeRegionsCommand, EC2Client } from '@aws-sdk/client-ec2';
import type { AccountCheck } from '../account/verification.js';
import { clientConfig, type AwsConnection } from './aws-connection.js';
import { failedCheck, passedCheck, unreadable } from './check.js';
import type { PreflightProps } from './preflight.js';

/** Each region of the account exists and is enabled. */
export async function checkRegions(
  aws: AwsConnection,
  { account, keys }: Pick<PreflightProps, 'account' | 'keys'>,
): Promise<AccountCheck[]> {
  const client = new EC2Client(clientConfig(aws, { region: account.regions[0] ?? 'us-east-1', keys }));
  try {
    const { Regions = [] } = await client.send(new DescribeRegionsCommand({ AllRegions: true }));
    return account.regions.map((region) => {
      const name = `region_enabled:${region}`;
      const optIn = Regions.find((one) => one.RegionName === region)?.OptInStatus;
      if (optIn === 'opt-in-not-required' || optIn === 'opted-in')
        return passedCheck(name, `region ${region} is enabled`, { region });
      const text =
        optIn === undefined
          ? `AWS has no region ${region}: correct the regions of the account`
          : `region ${region} is not enabled: enable it in the account (Billing, Account, AWS Regions)`;
      return failedCheck(name, 'region_not_enabled', text, { region, opt_in_status: optIn ?? null });
    });
  } catch (error) {
    return [unreadable('region_enabled', error, 'ec2:DescribeRegions')];
  } finally {
    client.destroy();
  }
}
