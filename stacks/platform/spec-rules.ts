import type { FieldFault } from '../../src/errors/app-error.js';
import type { Place } from '../../src/spec/blueprint.js';
import type { PlatformSpecV1 } from './spec.js';
import { askedCharts } from './spec-baseline.js';
import { overlap, rangeOf } from './spec-cidr.js';
import { clusterProfiles, gpuRegions } from './spec-sizes.js';
import { defaultZones } from './spec-zones.js';

/** A rule across fields as data: the field to change, when it is broken, and what to do. */
export interface PlatformRule {
  readonly path: string;
  readonly when: (spec: PlatformSpecV1) => boolean;
  readonly message: string;
}

const privateRanges = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'].flatMap((one) => rangeOf(one) ?? []);
/** Where EKS puts services when nodes are in neither of its two choices. */
const serviceRange = { first: 0xac140000, size: 2 ** 16, prefix: 16 };
const everyone = (cidr: string) => Number(cidr.split('/')[1]) < 8;

const networkRules: readonly PlatformRule[] = [
  {
    path: 'network.cidr',
    when: ({ network }) => network.cidr !== undefined && network.existing !== undefined,
    message: 'is of no use while network.existing is given',
  },
  {
    path: 'network.cidr',
    when: ({ network }) => network.cidr !== undefined && rangeOf(network.cidr) === undefined,
    message: 'must start at a border of its size, such as "10.0.0.0/16"',
  },
  {
    path: 'network.cidr',
    when: ({ network: { cidr = '10.0.0.0/16' } }) => {
      const { prefix = 16 } = rangeOf(cidr) ?? {};
      return prefix < 16 || prefix > 18;
    },
    message: 'must be /16 to /18: each zone takes a /20 for nodes and a /24 for load balancers',
  },
  {
    path: 'network.cidr',
    when: ({ network: { cidr = '10.0.0.0/16' } }) => {
      const range = rangeOf(cidr);
      return (
        range !== undefined && !privateRanges.some((one) => one.prefix <= range.prefix && overlap(one, range))
      );
    },
    message: 'must be within 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16',
  },
  {
    path: 'network.cidr',
    when: ({ network: { cidr = '10.0.0.0/16' } }) =>
      overlap(rangeOf(cidr) ?? { first: 0, size: 0, prefix: 32 }, serviceRange),
    message: 'must not overlap 172.20.0.0/16, the range of Kubernetes services',
  },
  {
    path: 'network.existing.private_subnet_ids',
    when: ({ network: { existing } }) =>
      existing !== undefined && new Set(existing.private_subnet_ids).size < 2,
    message: 'needs at least two subnets, in different zones',
  },
  {
    path: 'network.zone_names',
    when: ({ network }) =>
      network.zone_names !== undefined && new Set(network.zone_names).size !== network.zones,
    message: 'must be as many different zones as network.zones says',
  },
  {
    path: 'network.zone_names',
    when: ({ network }) => network.zone_names !== undefined && network.existing !== undefined,
    message: 'is of no use while network.existing is given',
  },
  {
    path: 'network.endpoints',
    when: ({ network, cluster }) =>
      network.existing === undefined &&
      cluster.existing === undefined &&
      network.nat === 'none' &&
      network.endpoints !== 'private',
    message: 'must be "private" when network.nat is "none": nodes would not reach AWS',
  },
  {
    path: 'network.nat',
    when: (spec) => spec.network.nat === 'none' && askedCharts(spec).length > 0,
    message:
      'must be "single" or "per_zone": images of the baseline charts come from the internet; or switch the charts off',
  },
];

const clusterRules: readonly PlatformRule[] = [
  {
    path: 'network.existing',
    when: ({ cluster, network }) => cluster.existing !== undefined && network.existing === undefined,
    message: "is required when cluster.existing is given: the data services must be in the cluster's network",
  },
  {
    path: 'cluster.gpu',
    when: ({ cluster }) => cluster.existing !== undefined && cluster.gpu !== undefined,
    message: 'needs a cluster of its own: an existing cluster keeps its nodes',
  },
  {
    path: 'cluster.gpu.min',
    when: ({ cluster: { gpu } }) => gpu !== undefined && gpu.min > gpu.max,
    message: 'must not be above cluster.gpu.max',
  },
  {
    path: 'baseline.gpu_plugin',
    when: (spec) => askedCharts(spec).includes('gpu_plugin') && spec.cluster.gpu === undefined,
    message: 'needs cluster.gpu: no node has a GPU',
  },
  {
    path: 'cluster.min_nodes',
    when: (spec) => nodes(spec).min > nodes(spec).max,
    message: 'must not be above cluster.max_nodes (default: of the profile)',
  },
  {
    path: 'cluster.allowed_cidrs',
    when: ({ cluster }) => cluster.endpoint === 'public_and_private' && cluster.allowed_cidrs.length === 0,
    message: 'names nobody: a public endpoint needs at least one range',
  },
  {
    path: 'cluster.allowed_cidrs',
    when: ({ cluster }) => cluster.allowed_cidrs.some(everyone),
    message: 'must be ranges of /8 or smaller: the Kubernetes API is not for everyone',
  },
  {
    path: 'cluster.allowed_cidrs',
    when: ({ cluster }) => cluster.endpoint === 'private' && cluster.allowed_cidrs.length > 0,
    message: 'needs cluster.endpoint "public_and_private"',
  },
  {
    path: 'cluster.access',
    when: ({ cluster }) => cluster.existing !== undefined && cluster.access.length > 0,
    message: 'needs a cluster of its own: who may enter an existing one is decided there',
  },
  {
    path: 'cluster.access',
    when: ({ cluster }) => new Set(cluster.access.map((one) => one.role_arn)).size < cluster.access.length,
    message: 'names a role twice',
  },
];

const otherRules: readonly PlatformRule[] = [
  {
    path: 'database.max_storage_gb',
    when: ({ database }) =>
      database?.max_storage_gb !== undefined &&
      database.max_storage_gb < Math.ceil(database.storage_gb * 1.1),
    message: 'must be at least a tenth above database.storage_gb',
  },
  {
    path: 'domain',
    when: (spec) => spec.domain !== undefined && spec.release === undefined,
    message: 'needs a release that it leads to',
  },
  {
    path: 'domain',
    when: (spec) =>
      spec.domain !== undefined &&
      spec.cluster.existing === undefined &&
      !askedCharts(spec).includes('ingress_nginx'),
    message: 'needs baseline.ingress_nginx: nothing in the new cluster would answer',
  },
];

/** The rules of `platform@1` that no single field can tell. */
export const platformRules: readonly PlatformRule[] = [...networkRules, ...clusterRules, ...otherRules];

/** How many nodes the general group has. */
export function nodes({ cluster }: PlatformSpecV1): { readonly min: number; readonly max: number } {
  const { minNodes, maxNodes } = clusterProfiles[cluster.profile];
  const min = cluster.min_nodes ?? minNodes;
  return { min, max: cluster.max_nodes ?? Math.max(maxNodes, cluster.min_nodes ?? 0) };
}

/** What a spec asks for that its region does not have. */
export function placeFaults({ network, cluster }: PlatformSpecV1, { region }: Place): FieldFault[] {
  const faults: FieldFault[] = [];
  if (network.existing === undefined) {
    const foreign = network.zone_names?.find((zone) => zone.slice(0, -1) !== region);
    if (foreign !== undefined)
      faults.push({ path: 'network.zone_names', message: `${foreign} is not a zone of ${region}` });
    if (network.zone_names === undefined && defaultZones(region, network.zones) === undefined)
      faults.push({
        path: 'network.zone_names',
        message: `is required in ${region}, where each account has zones of its own`,
      });
  }
  if (cluster.gpu !== undefined) {
    const family = cluster.gpu.instance.split('.')[0] ?? '';
    const there = Object.keys(gpuRegions).filter((one) => gpuRegions[one]?.includes(region));
    if (!there.includes(family))
      faults.push({
        path: 'cluster.gpu.instance',
        message: `${region} has no ${family} instances; ${there.length === 0 ? 'no GPU family is known to be there' : `it has ${there.join(', ')}`}`,
      });
  }
  return faults;
}
