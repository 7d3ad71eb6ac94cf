import type { DataSource } from './data-sources.js';
import { Refusal } from './fault-player.js';
import { findObject } from './sandbox-store.js';
import { stableHex } from './schema/derived-names.js';
import { zoneId } from './schema/overlay-aws-vpc.js';
import { textAt } from './values.js';

const zones = ['a', 'b', 'c'];

export const awsDataSources: Readonly<Record<string, DataSource>> = {
  aws_caller_identity: ({ run }) => ({
    id: run.accountId,
    account_id: run.accountId,
    user_id: `AROASANDBOX:${run.environmentId}`,
    arn: `arn:aws:sts::${run.accountId}:assumed-role/terrace/${run.environmentId}`,
  }),
  aws_availability_zones: ({ run }, { exclude_names: excluded, exclude_zone_ids: excludedIds }) => {
    const left = zones.filter(
      (zone) =>
        !(Array.isArray(excluded) && excluded.includes(`${run.region}${zone}`)) &&
        !(Array.isArray(excludedIds) && excludedIds.includes(zoneId(run.region, zone))),
    );
    return {
      id: run.region,
      region: run.region,
      group_names: [`${run.region}-zg-1`],
      names: left.map((zone) => `${run.region}${zone}`),
      zone_ids: left.map((zone) => zoneId(run.region, zone)),
    };
  },
  aws_region: ({ run }) => ({
    id: run.region,
    name: run.region,
    region: run.region,
    description: `Sandbox (${run.region})`,
    endpoint: `ec2.${run.region}.sandbox.invalid`,
  }),
  aws_partition: () => ({
    id: 'aws',
    partition: 'aws',
    dns_suffix: 'amazonaws.com',
    reverse_dns_prefix: 'com.amazonaws',
  }),
  aws_eks_cluster: async ({ db, run }, config) => {
    const name = textAt(config, 'name') ?? '';
    const cluster = await findObject(db, run, { type: 'aws_eks_cluster', objectId: name });
    if (cluster === undefined)
      throw new Refusal(
        `reading EKS Cluster (${name}): operation error EKS: DescribeCluster, https response error StatusCode: 404, ` +
          `ResourceNotFoundException: No cluster found for name: ${name}.`,
      );
    return { ...cluster, tags: cluster['tags_all'] };
  },
  // The real provider signs the token itself and never asks whether the cluster exists.
  aws_eks_cluster_auth: ({ run }, config) => {
    const name = textAt(config, 'name') ?? '';
    return { id: name, region: run.region, token: `k8s-aws-v1.${stableHex(run, 40, 'token', name)}` };
  },
};
