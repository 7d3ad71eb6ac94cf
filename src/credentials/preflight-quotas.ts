/** Quotas of the account against what is used (https://docs.aws.amazon.com/general/latest/gr/aws-service-information.html). */
import {
  DescribeAddressesCommand,
  DescribeInstancesCommand,
  DescribeNatGatewaysCommand,
  DescribeSubnetsCommand,
  DescribeVpcsCommand,
  EC2Client,
} from '@aws-sdk/client-ec2';
import { EKSClient, ListClustersCommand } from '@aws-sdk/client-eks';
import { GetServiceQuotaCommand, ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import type { AccountCheck } from '../account/verification.js';
import { clientConfig, type AwsConnection } from './aws-connection.js';
import { passedCheck, unreadable, warningCheck } from './check.js';
import type { RegionProps } from './preflight.js';

interface Quota {
  readonly name: string;
  readonly text: string;
  readonly service: string;
  readonly code: string;
  /** What an environment with everything takes: `platform@1` over three zones. */
  readonly takes: number;
  /** What the role needs to see what is used. */
  readonly action: string;
  /** Null = AWS tells how much is used by no call that is free of cost. */
  readonly used: ((clients: Clients) => Promise<number>) | null;
}

interface Clients {
  readonly ec2: EC2Client;
  readonly eks: EKSClient;
  readonly quotas: ServiceQuotasClient;
}

const quotas: readonly Quota[] = [
  {
    name: 'vcpu',
    text: 'vCPUs of standard instances',
    service: 'ec2',
    code: 'L-1216C47A',
    takes: 6,
    action: 'ec2:DescribeInstances',
    used: usedVcpus,
  },
  {
    name: 'elastic_ip',
    text: 'elastic addresses',
    service: 'ec2',
    code: 'L-0263D0A3',
    takes: 3,
    action: 'ec2:DescribeAddresses',
    used: usedAddresses,
  },
  {
    name: 'vpc',
    text: 'VPCs',
    service: 'vpc',
    code: 'L-F678F1CE',
    takes: 1,
    action: 'ec2:DescribeVpcs',
    used: usedVpcs,
  },
  {
    name: 'nat_gateway',
    text: 'NAT gateways in a zone',
    service: 'vpc',
    code: 'L-FE5A380F',
    takes: 1,
    action: 'ec2:DescribeNatGateways',
    used: usedNatGateways,
  },
  {
    name: 'rds',
    text: 'database instances',
    service: 'rds',
    code: 'L-7B6409FD',
    takes: 1,
    action: 'servicequotas:GetServiceQuota',
    used: null,
  },
  {
    name: 'eks',
    text: 'EKS clusters',
    service: 'eks',
    code: 'L-1194D53C',
    takes: 1,
    action: 'eks:ListClusters',
    used: usedClusters,
  },
];

/** One check for each quota: a warning where one more environment would not fit. */
export async function checkQuotas(
  aws: AwsConnection,
  { keys, region }: RegionProps,
): Promise<AccountCheck[]> {
  const config = clientConfig(aws, { region, keys });
  const clients = {
    ec2: new EC2Client(config),
    eks: new EKSClient(config),
    quotas: new ServiceQuotasClient(config),
  };
  try {
    return await Promise.all(quotas.map((quota) => checkQuota(clients, quota, region)));
  } finally {
    for (const client of Object.values(clients)) client.destroy();
  }
}

async function checkQuota(clients: Clients, quota: Quota, region: string): Promise<AccountCheck> {
  const name = `quota_${quota.name}:${region}`;
  const { service, code, text, takes } = quota;
  let limit: number;
  let used: number | null;
  try {
    const ask = new GetServiceQuotaCommand({ ServiceCode: service, QuotaCode: code });
    limit = (await clients.quotas.send(ask)).Quota?.Value ?? 0;
  } catch (error) {
    return unreadable(name, error, 'servicequotas:GetServiceQuota');
  }
  try {
    used = quota.used === null ? null : await quota.used(clients);
  } catch (error) {
    return unreadable(name, error, quota.action);
  }
  const metadata = { region, quota_code: code, limit, used, takes };
  if ((used ?? 0) + takes <= limit)
    return passedCheck(
      name,
      `${used ?? 'an unknown number'} of ${limit} ${text} are used in ${region}`,
      metadata,
    );
  return warningCheck(
    name,
    'quota_exceeded',
    `${used ?? 0} of ${limit} ${text} are used in ${region}, and an environment may take ${takes}: raise quota ${code} of ${service}`,
    metadata,
  );
}

async function usedVcpus({ ec2 }: Clients): Promise<number> {
  const states = [{ Name: 'instance-state-name', Values: ['pending', 'running'] }];
  let used = 0;
  let token: string | undefined;
  do {
    const page = await ec2.send(
      new DescribeInstancesCommand({ Filters: states, NextToken: token, MaxResults: 1000 }),
    );
    for (const instance of (page.Reservations ?? []).flatMap((one) => one.Instances ?? []))
      if (/^[acdhimrtz]/.test(instance.InstanceType ?? ''))
        used += (instance.CpuOptions?.CoreCount ?? 0) * (instance.CpuOptions?.ThreadsPerCore ?? 1);
    token = page.NextToken;
  } while (token !== undefined && token !== '');
  return used;
}

async function usedAddresses({ ec2 }: Clients): Promise<number> {
  return (await ec2.send(new DescribeAddressesCommand({}))).Addresses?.length ?? 0;
}

async function usedVpcs({ ec2 }: Clients): Promise<number> {
  return (await ec2.send(new DescribeVpcsCommand({}))).Vpcs?.length ?? 0;
}

/** The fullest zone counts. */
async function usedNatGateways({ ec2 }: Clients): Promise<number> {
  const states = [{ Name: 'state', Values: ['pending', 'available'] }];
  const { NatGateways = [] } = await ec2.send(new DescribeNatGatewaysCommand({ Filter: states }));
  if (NatGateways.length === 0) return 0;
  const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({}));
  const zones = new Map(Subnets.map((subnet) => [subnet.SubnetId, subnet.AvailabilityZoneId]));
  const counts = new Map<string | undefined, number>();
  for (const { SubnetId } of NatGateways) {
    const zone = zones.get(SubnetId);
    counts.set(zone, (counts.get(zone) ?? 0) + 1);
  }
  return Math.max(...counts.values());
}

async function usedClusters({ eks }: Clients): Promise<number> {
  return (await eks.send(new ListClustersCommand({ maxResults: 100 }))).clusters?.length ?? 0;
}
