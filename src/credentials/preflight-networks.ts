import { DescribeVpcsCommand, EC2Client } from '@aws-sdk/client-ec2';
import type { AccountCheck } from '../account/verification.js';
import { blockOf, overlap } from '../lib/cidr.js';
import { clientConfig, type AwsConnection } from './aws-connection.js';
import { passedCheck, unreadable, warningCheck } from './check.js';
import type { RegionProps } from './preflight.js';

/** Each wanted address block against the networks of the region. AWS allows equal blocks, but networks that share one can never be joined. */
export async function checkNetworks(
  aws: AwsConnection,
  { keys, region, cidrBlocks }: RegionProps,
): Promise<AccountCheck[]> {
  if (cidrBlocks.length === 0) return [];
  const client = new EC2Client(clientConfig(aws, { region, keys }));
  try {
    const { Vpcs = [] } = await client.send(new DescribeVpcsCommand({}));
    const taken = Vpcs.flatMap((vpc) =>
      (vpc.CidrBlockAssociationSet ?? []).flatMap(({ CidrBlock }) =>
        CidrBlock === undefined ? [] : [{ vpc: vpc.VpcId ?? '', cidr: CidrBlock }],
      ),
    );
    return cidrBlocks.map((wanted) => {
      const name = `cidr_free:${region}:${wanted}`;
      const clashes = taken.filter(({ cidr }) => clash(wanted, cidr));
      const metadata = { region, cidr_block: wanted, clashes };
      if (clashes.length === 0) return passedCheck(name, `no network in ${region} uses ${wanted}`, metadata);
      const names = clashes.map(({ vpc, cidr }) => `${vpc} (${cidr})`).join(', ');
      const text = `${wanted} overlaps with ${names} in ${region}: the two could never be joined; choose another block`;
      return warningCheck(name, 'cidr_clash', text, metadata);
    });
  } catch (error) {
    return [unreadable(`cidr_free:${region}`, error, 'ec2:DescribeVpcs')];
  } finally {
    client.destroy();
  }
}

function clash(one: string, other: string): boolean {
  const [a, b] = [blockOf(one), blockOf(other)];
  return a !== undefined && b !== undefined && overlap(a, b);
}
