/** What a preflight reads of EC2 (https://docs.aws.amazon.com/AWSEC2/latest/APIReference/). */
import type { Asking } from './service.js';
import { Refusal, type FakeAccount } from './world.js';
import { xml, type Xml } from './xml.js';

const namespace = 'http://ec2.amazonaws.com/doc/2016-11-15/';
const usual = ['eu-central-1', 'eu-west-1', 'us-east-1', 'us-east-2', 'us-west-2', 'ap-southeast-1'];
const optIn = ['eu-south-1', 'af-south-1', 'me-south-1', 'ap-east-1'];

type Answer = (
  account: FakeAccount,
  region: string,
  filter: Readonly<Record<string, readonly string[]>>,
) => Readonly<Record<string, Xml>>;

const items = (count: number, of: (at: number) => Xml): Xml => ({
  item: Array.from({ length: count }, (_, at) => of(at)),
});

const answers: Readonly<Record<string, Answer>> = {
  DescribeRegions: (account) => ({
    regionInfo: {
      item: [...usual, ...optIn].map((regionName) => ({
        regionName,
        regionEndpoint: `ec2.${regionName}.amazonaws.com`,
        optInStatus: usual.includes(regionName)
          ? 'opt-in-not-required'
          : account.optedIn?.includes(regionName)
            ? 'opted-in'
            : 'not-opted-in',
      })),
    },
  }),
  DescribeVpcs: (account, region) => {
    const blocks = account.vpcs?.[region] ?? [];
    return {
      vpcSet: items(blocks.length, (at) => ({
        vpcId: `vpc-${at}`,
        cidrBlock: blocks[at]!,
        state: 'available',
        cidrBlockAssociationSet: { item: [{ associationId: `a-${at}`, cidrBlock: blocks[at]! }] },
      })),
    };
  },
  DescribeAddresses: (account, region) => ({
    addressesSet: items(account.used?.[region]?.addresses ?? 0, (at) => ({ allocationId: `eipalloc-${at}` })),
  }),
  DescribeTags: (account, region, filter) => ({
    tagSet: {
      item: thingsOf(account, region).flatMap(({ id, tags }) =>
        Object.entries(tags)
          .filter(([key]) => filter['resource-id']?.includes(id) && filter['key']?.includes(key))
          .map(([key, value]) => ({ resourceId: id, resourceType: id.split('-')[0]!, key, value })),
      ),
    },
  }),
  DescribeVpcEndpoints: (account, region, filter) => ({
    vpcEndpointSet: {
      item: thingsOf(account, region)
        .filter(({ id }) => filter['vpc-endpoint-id']?.includes(id))
        .map(({ id, state }) => ({ vpcEndpointId: id, state })),
    },
  }),
  DescribeNatGateways: (account, region, filter) => ({
    natGatewaySet:
      filter['nat-gateway-id'] !== undefined
        ? {
            item: thingsOf(account, region)
              .filter(({ id }) => filter['nat-gateway-id']?.includes(id))
              .map(({ id, state }) => ({ natGatewayId: id, state })),
          }
        : items(account.used?.[region]?.natGateways ?? 0, (at) => ({
            natGatewayId: `nat-${at}`,
            state: 'available',
            subnetId: 'subnet-0',
          })),
  }),
  DescribeSubnets: () => ({
    subnetSet: { item: [{ subnetId: 'subnet-0', availabilityZoneId: 'zone-0' }] },
  }),
  DescribeInstances: (account, region) => ({
    reservationSet: {
      item: [
        {
          reservationId: 'r-0',
          instancesSet: items(account.used?.[region]?.vcpus ?? 0, (at) => ({
            instanceId: `i-${at}`,
            instanceType: 'm7g.medium',
            cpuOptions: { coreCount: 1, threadsPerCore: 1 },
          })),
        },
      ],
    },
  }),
};

/** What EC2 itself knows of. */
function thingsOf({ things = {} }: FakeAccount, region: string) {
  return Object.entries(things).flatMap(([arn, { region: at, tags, state = 'available' }]) =>
    at === region && arn.split(':')[2] === 'ec2' && state !== null
      ? [{ id: arn.split('/')[1] ?? '', tags, state }]
      : [],
  );
}

function filtersOf(params: Asking['params']): Record<string, string[]> {
  const filters: Record<string, string[]> = {};
  for (const [key, name] of Object.entries(params)) {
    const at = /^(Filter\.\d+)\.Name$/.exec(key)?.[1];
    if (at === undefined) continue;
    const values = Object.entries(params).filter(([one]) => one.startsWith(`${at}.Value.`));
    filters[name] = values.map(([, value]) => value);
  }
  return filters;
}

export function ec2({ world, action, params, signer }: Asking): string {
  const answer = answers[action];
  if (answer === undefined)
    throw new Refusal('InvalidAction', `the stand-in for EC2 does not know ${action}`);
  const body = answer(world.account(signer.identity.account), signer.region, filtersOf(params));
  return xml(`${action}Response`, { requestId: 'fake', ...body }, namespace);
}
