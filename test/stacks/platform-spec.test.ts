import { describe, expect, test } from '@jest/globals';
import { zodFaults } from '../../src/errors/zod-faults.js';
import { blueprint } from '../../stacks/platform/blueprint.js';
import { overlap, rangeOf, subnetRanges } from '../../stacks/platform/spec-cidr.js';
import { platformRules } from '../../stacks/platform/spec-rules.js';
import { platformSpecV1 } from '../../stacks/platform/spec.js';

const existing = {
  vpc_id: 'vpc-0a1b2c3d',
  vpc_cidr: '10.0.0.0/16',
  private_subnet_ids: ['subnet-0a1b2c3d', 'subnet-0a1b2c3e'],
};
const shared = { network: { existing }, cluster: { existing: { name: 'shared' } } };
const release = { repository: 'https://charts.example.com', chart: 'shop', version: '1.0.0' };
const off = {
  metrics_server: { enabled: false },
  cert_manager: { enabled: false },
  ingress_nginx: { enabled: false },
};
const role = 'arn:aws:iam::123456789012:role/plan';
const tooSmall =
  'network.cidr: must be /16 to /18: each zone takes a /20 for nodes and a /24 for load balancers';

function faults(spec: unknown): string[] {
  const parsed = platformSpecV1.safeParse(spec);
  return parsed.success ? [] : zodFaults(parsed.error).map((fault) => `${fault.path}: ${fault.message}`);
}

const refused: readonly [unknown, string[]][] = [
  [{ colour: 'red' }, ['colour: unknown field']],
  [{ cluster: { profile: 'huge' } }, ['cluster.profile: must be one of small, medium, large']],
  [{ network: { zones: 1 } }, ['network.zones: must be at least 2']],
  [
    { network: { cidr: '10.0.0.0/16', existing } },
    ['network.cidr: is of no use while network.existing is given'],
  ],
  [
    { network: { cidr: '10.0.1.0/16' } },
    ['network.cidr: must start at a border of its size, such as "10.0.0.0/16"'],
  ],
  [{ network: { cidr: '10.0.0.0/20' } }, [tooSmall]],
  [
    { network: { cidr: '8.8.0.0/16' } },
    ['network.cidr: must be within 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16'],
  ],
  [
    { network: { cidr: '172.20.64.0/18' } },
    ['network.cidr: must not overlap 172.20.0.0/16, the range of Kubernetes services'],
  ],
  [
    { network: { existing: { ...existing, private_subnet_ids: ['subnet-0a1b2c3d', 'subnet-0a1b2c3d'] } } },
    ['network.existing.private_subnet_ids: needs at least two subnets, in different zones'],
  ],
  [
    { network: { existing: { ...existing, vpc_cidr: '0.0.0.0/0' } } },
    ['network.existing.vpc_cidr: must be /8 or smaller: data ports are opened to this range'],
  ],
  [
    { network: { zone_names: ['eu-central-1a', 'eu-central-1a', 'eu-central-1b'] } },
    ['network.zone_names: must be as many different zones as network.zones says'],
  ],
  [
    { network: { existing, zones: 2, zone_names: ['eu-central-1a', 'eu-central-1b'] } },
    ['network.zone_names: is of no use while network.existing is given'],
  ],
  [
    { network: { nat: 'none' }, baseline: off },
    ['network.endpoints: must be "private" when network.nat is "none": nodes would not reach AWS'],
  ],
  [
    { network: { nat: 'none', endpoints: 'private' } },
    [
      'network.nat: must be "single" or "per_zone": images of the baseline charts come from the internet; or switch the charts off',
    ],
  ],
  [
    { cluster: { existing: { name: 'shared' } } },
    [
      "network.existing: is required when cluster.existing is given: the data services must be in the cluster's network",
    ],
  ],
  [
    { network: { existing }, cluster: { existing: { name: 'shared' }, gpu: { instance: 'g5.xlarge' } } },
    ['cluster.gpu: needs a cluster of its own: an existing cluster keeps its nodes'],
  ],
  [
    { cluster: { gpu: { instance: 't3.large' } } },
    [
      'cluster.gpu.instance: must be one of g4dn.xlarge, g4dn.2xlarge, g4dn.12xlarge, g5.xlarge, g5.2xlarge, g5.12xlarge, g6.xlarge, g6.2xlarge, g6.12xlarge',
    ],
  ],
  [
    { cluster: { gpu: { instance: 'g5.xlarge', min: 3, max: 2 } } },
    ['cluster.gpu.min: must not be above cluster.gpu.max'],
  ],
  [
    { baseline: { gpu_plugin: { enabled: true } } },
    ['baseline.gpu_plugin: needs cluster.gpu: no node has a GPU'],
  ],
  [
    { cluster: { min_nodes: 5, max_nodes: 4 } },
    ['cluster.min_nodes: must not be above cluster.max_nodes (default: of the profile)'],
  ],
  [
    { cluster: { endpoint: 'public_and_private' } },
    ['cluster.allowed_cidrs: names nobody: a public endpoint needs at least one range'],
  ],
  [
    { cluster: { endpoint: 'public_and_private', allowed_cidrs: ['0.0.0.0/0'] } },
    ['cluster.allowed_cidrs: must be ranges of /8 or smaller: the Kubernetes API is not for everyone'],
  ],
  [
    { cluster: { allowed_cidrs: ['203.0.113.0/24'] } },
    ['cluster.allowed_cidrs: needs cluster.endpoint "public_and_private"'],
  ],
  [
    {
      network: { existing },
      cluster: { existing: { name: 'a' }, access: [{ role_arn: role, level: 'view' }] },
    },
    ['cluster.access: needs a cluster of its own: who may enter an existing one is decided there'],
  ],
  [
    { cluster: { access: ['view', 'edit'].map((level) => ({ role_arn: role, level })) } },
    ['cluster.access: names a role twice'],
  ],
  [
    { database: { size: 'small', storage_gb: 100, max_storage_gb: 105 } },
    ['database.max_storage_gb: must be at least a tenth above database.storage_gb'],
  ],
  [{ database: { size: 'small', storage_gb: 5 } }, ['database.storage_gb: must be at least 20']],
  [{ domain: 'shop.example.com' }, ['domain: needs a release that it leads to']],
  [
    { domain: 'shop.example.com', release, baseline: off },
    ['domain: needs baseline.ingress_nginx: nothing in the new cluster would answer'],
  ],
  [
    { release: { ...release, version: '^1' } },
    ['release.version: must be one exact version, such as "1.4.2"'],
  ],
];

describe('a spec of platform@1', () => {
  test.each(refused)('%j is refused', (spec, expected) => {
    expect(faults(spec)).toEqual(expected);
  });

  test('every rule is tried', () => {
    const told = refused.flatMap(([, texts]) => texts);
    const untried = platformRules.filter(({ path, message }) => !told.includes(`${path}: ${message}`));
    expect(untried.map(({ path, message }) => `${path}: ${message}`)).toEqual([]);
  });

  test.each<[string, unknown]>([
    ['nothing', {}],
    ['an existing network and cluster', shared],
    ['a range as small as it may be', { network: { cidr: '192.168.0.0/18' } }],
    ['more nodes than the profile has', { cluster: { min_nodes: 20 } }],
    ['a domain of an ingress controller that is there', { ...shared, release, domain: 'shop.example.com' }],
  ])('%s is enough', (_name, spec) => {
    expect(faults(spec)).toEqual([]);
  });
});

describe('a place', () => {
  test.each<[string, unknown, string[]]>([
    ['eu-central-1', {}, []],
    [
      'us-west-1',
      { network: { zones: 2 } },
      ['network.zone_names: is required in us-west-1, where each account has zones of its own'],
    ],
    ['us-west-1', { network: { zones: 2, zone_names: ['us-west-1a', 'us-west-1c'] } }, []],
    ['us-west-1', { network: { existing } }, []],
    [
      'eu-west-1',
      { network: { zones: 2, zone_names: ['eu-west-1a', 'eu-west-2a'] } },
      ['network.zone_names: eu-west-2a is not a zone of eu-west-1'],
    ],
    [
      'eu-west-3',
      { cluster: { gpu: { instance: 'g5.xlarge' } } },
      ['cluster.gpu.instance: eu-west-3 has no g5 instances; it has g4dn'],
    ],
    [
      'mars-north-1',
      { cluster: { gpu: { instance: 'g5.xlarge' } } },
      ['cluster.gpu.instance: mars-north-1 has no g5 instances; no GPU family is known to be there'],
    ],
  ])('%s with %j', (region, spec, expected) => {
    const found = blueprint.checkPlace?.(platformSpecV1.parse(spec), { region }) ?? [];
    expect(found.map((fault) => `${fault.path}: ${fault.message}`)).toEqual(expected);
  });
});

test('totals count every node that there may be, standbys, and disks', () => {
  const totals = (spec: unknown) => blueprint.totals(platformSpecV1.parse(spec));
  expect(totals({})).toEqual({ cpuCores: 8, gpu: 0, memoryGb: 32, storageGb: 160 });
  expect(totals(shared)).toEqual({ cpuCores: 0, gpu: 0, memoryGb: 0, storageGb: 0 });
  expect(
    totals({
      cluster: { profile: 'medium', max_nodes: 10, gpu: { instance: 'g5.xlarge', max: 2 } },
      database: { size: 'medium', multi_az: true, storage_gb: 100 },
    }),
  ).toEqual({ cpuCores: 52, gpu: 2, memoryGb: 208, storageGb: 1300 });
});

describe('subnets', () => {
  test('a third zone moves none of the others', () => {
    const two = subnetRanges('10.20.64.0/18', 2);
    const three = subnetRanges('10.20.64.0/18', 3);
    expect(two).toEqual({
      private: ['10.20.64.0/20', '10.20.80.0/20'],
      public: ['10.20.112.0/24', '10.20.113.0/24'],
    });
    expect([three.private.slice(0, 2), three.public.slice(0, 2)]).toEqual([two.private, two.public]);
  });

  test.each(['10.0.0.0/16', '172.16.128.0/17', '192.168.64.0/18'])(
    'of %s are within it and apart',
    (cidr) => {
      const { private: inner, public: open } = subnetRanges(cidr, 3);
      const ranges = [...inner, ...open].flatMap((one) => rangeOf(one) ?? []);
      const whole = rangeOf(cidr)!;
      expect(ranges).toHaveLength(6);
      ranges.forEach((one, index) => {
        expect(one.first >= whole.first && one.first + one.size <= whole.first + whole.size).toBe(true);
        expect(ranges.slice(index + 1).filter((other) => overlap(one, other))).toEqual([]);
      });
    },
  );
});
