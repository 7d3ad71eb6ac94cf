import { describe, expect, test } from '@jest/globals';
import { zodFaults } from '../../src/errors/zod-faults.js';
import { cpuCores, gigabytes } from '../../src/spec/quantity.js';
import { blueprint } from '../../stacks/isp/blueprint.js';
import { ispRules } from '../../stacks/isp/spec-rules.js';
import { appPartOf, ispSpecV1 } from '../../stacks/isp/spec.js';
import { inputOf, vpc } from './inputs.js';
import { stackOf, type StackJson } from './stack-json.js';

const none = { database: { mode: 'none' }, cache: { mode: 'none' } };
const key = 'QP+A67Z2UBrMgvNIdHv8gPel5URWNLS4B3ZQ2hQIZlg=';
const peer = { name: 'laptop', public_key: key, address: '10.255.255.10' };
const tunnel = {
  enabled: true,
  image: `ghcr.io/windtf/wireproxy@sha256:${'0'.repeat(64)}`,
  client_cidrs: ['0.0.0.0/0'],
  peers: [peer],
};
const prometheus = { enabled: true };

function faults(spec: unknown): string[] {
  const parsed = ispSpecV1.safeParse(spec);
  return parsed.success ? [] : zodFaults(parsed.error).map((fault) => `${fault.path}: ${fault.message}`);
}

const refused: readonly [unknown, string[]][] = [
  [{ features: ['billing'] }, ['features: unknown field']],
  [{ services: { telephony: { enabled: true } } }, ['services.telephony: unknown field']],
  [{ customers: 49 }, ['customers: must be at least 50']],
  [{ customers: 100_001 }, ['customers: must be at most 100000']],
  [{ plan: 'gold' }, ['plan: must be one of standard, premium, enterprise']],
  [
    { setup: { command: ['./setup'] }, ...none },
    ['setup.command: needs a database; set database.mode or leave it out'],
  ],
  [
    { services: { radius: { enabled: true } } },
    ['services.radius.nas_cidrs: name at least one range of your access servers: nobody else may ask'],
  ],
  [
    { services: { radius: { enabled: true, nas_cidrs: ['0.0.0.0/0'] } } },
    ['services.radius.nas_cidrs.0: must be /8 or smaller'],
  ],
  [
    { services: { radius: { enabled: true, nas_cidrs: ['10.0.0.0/8'] } }, ...none },
    [
      'services.radius.enabled: needs a PostgreSQL server of its own, whose password Terrace has: database.mode "in_cluster" or "rds"',
    ],
  ],
  [
    { services: { netbox: { enabled: true } }, ...none },
    [
      'services.netbox.enabled: needs a PostgreSQL server of its own, whose password Terrace has: database.mode "in_cluster" or "rds"',
      'services.netbox.enabled: needs a cache of its own: cache.mode "in_cluster" or "elasticache"',
    ],
  ],
  [
    { services: { genieacs: { enabled: true } } },
    ['services.genieacs.cpe_cidrs: name at least one range of the devices: nobody else may connect'],
  ],
  [
    { services: { genieacs: { enabled: true, cpe_cidrs: ['100.64.0.0/10'], storage_gb: 4 } } },
    ['services.genieacs.storage_gb: must be at least 5: MongoDB starts with gigabytes of journal'],
  ],
  [
    { services: { wireguard: { ...tunnel, image: undefined }, prometheus } },
    [
      'services.wireguard.image: is required: wireproxy is published without tags; pin ghcr.io/windtf/wireproxy by digest',
    ],
  ],
  [
    { services: { wireguard: { ...tunnel, peers: [] }, prometheus } },
    ['services.wireguard.peers: name at least one peer: without peers there is no tunnel'],
  ],
  [
    { services: { wireguard: { ...tunnel, client_cidrs: [] }, prometheus } },
    ['services.wireguard.client_cidrs: name the ranges that peers call from, or "0.0.0.0/0"'],
  ],
  [
    { services: { wireguard: { ...tunnel, peers: [peer, { ...peer, name: 'phone' }] }, prometheus } },
    ['services.wireguard.peers: names, keys and addresses must differ, from this end’s address too'],
  ],
  [
    { services: { wireguard: { ...tunnel, peers: [{ ...peer, public_key: 'short' }] }, prometheus } },
    ['services.wireguard.peers.0.public_key: must be a WireGuard public key: 44 characters of base64'],
  ],
  [
    { services: { wireguard: tunnel } },
    [
      'services.wireguard.enabled: leads nowhere; switch on netbox, genieacs, librenms, prometheus or grafana',
    ],
  ],
  [
    { services: { librenms: { enabled: true } } },
    ['services.librenms.device_cidrs: name at least one range of the devices to watch'],
  ],
  [
    { services: { grafana: { enabled: true } } },
    ['services.grafana.enabled: needs services.prometheus, which it shows'],
  ],
  [
    { database: { engine: 'mysql' } },
    ['database.engine: must be "postgres" while the setup is ours; give setup.command'],
  ],
  [
    { network: vpc, database: { mode: 'rds', password: 'managed' } },
    [
      'database.password: must be "generated" while the setup is ours; give setup.command, which asks AWS for it',
    ],
  ],
  [
    { database: { mode: 'shared_schema', shared_server: { host: 'db.example.com', cidr: '10.0.0.0/24' } } },
    [
      'database.mode: must not be "shared_schema" while the setup is ours, for it makes a schema; give setup.command',
    ],
  ],
  [
    { sizing: { cpu_cores: 0.5 }, services: { prometheus } },
    ['sizing.cpu_cores: must be at least 0.81: the features need 0.31 cores, the application at least 0.5'],
  ],
  [
    { database: { mode: 'rds' } },
    [
      'network.vpc_id: is required when database.mode is "rds" or cache.mode is "elasticache"',
      'network.vpc_cidr: is required when database.mode is "rds" or cache.mode is "elasticache"',
      'network.subnet_ids: needs at least two subnets when database.mode is "rds" or cache.mode is "elasticache"',
    ],
  ],
  [
    { frontend: { image: 'nginx:latest' } },
    ['frontend.image: must be pinned by a tag other than "latest", or by a digest'],
  ],
  [{ backend: { port: 80 } }, ['backend.port: must be a port from 1024 to 65535: pods do not run as root']],
];

describe('the spec of isp@1', () => {
  test.each(refused)('refuses %j', (spec, expected) => {
    expect(faults(spec)).toEqual(expected);
  });

  test('each rule is among the refused', () => {
    const told = refused.flatMap(([, texts]) => texts);
    expect(ispRules.filter(({ path, message }) => !told.includes(`${path}: ${message}`))).toEqual([]);
  });

  test('is valid when empty', () => {
    expect(faults({})).toEqual([]);
  });
});

const sizes = [50, 500, 5000, 20_000, 100_000];

describe('an environment of isp@1', () => {
  test.each(['standard', 'premium', 'enterprise'])('of plan %s grows with its customers', (plan) => {
    const specs = sizes.map((customers) =>
      appPartOf(ispSpecV1.parse({ plan, customers, services: { prometheus } })),
    );
    for (const [index, { quota, database }] of specs.entries()) {
      const before = specs[index - 1];
      expect(cpuCores(database.resources?.cpu ?? '0')).toBeLessThan(cpuCores(quota.cpu));
      if (!before) continue;
      expect(cpuCores(quota.cpu)).toBeGreaterThan(cpuCores(before.quota.cpu));
      expect(gigabytes(quota.memory)).toBeGreaterThan(gigabytes(before.quota.memory));
      expect(gigabytes(quota.storage)).toBeGreaterThanOrEqual(gigabytes(before.quota.storage));
      expect(database.connections).toBeGreaterThanOrEqual(before.database.connections ?? 0);
    }
  });

  test('has a managed database and cache that fit its customers', () => {
    const managed = { network: vpc, database: { mode: 'rds' }, cache: { mode: 'elasticache' } };
    const instances = sizes.map((customers) => {
      const { database, cache } = appPartOf(ispSpecV1.parse({ ...managed, plan: 'enterprise', customers }));
      return [database.instance, cache.instance];
    });
    expect(instances[0]).not.toEqual(instances[4]);
    expect(instances.flat()).not.toContain(undefined);
  });

  test.each(blueprint.examples.map(({ name, spec }) => [name, spec] as const))(
    '%s: its pods fit into its quota, all at once',
    (_name, spec) => {
      const stack = stackOf(inputOf({ ...spec }, { blueprint: 'isp@1' }));
      const hard = quotaOf(stack);
      const used = usedBy(stack);
      expect(used.cpu).toBeLessThanOrEqual(cpuCores(hard['limits.cpu'] ?? '0'));
      expect(used.memory).toBeLessThanOrEqual(gigabytes(hard['limits.memory'] ?? '0'));
      expect(used.storage).toBeLessThanOrEqual(gigabytes(hard['requests.storage'] ?? '0'));
      expect(used.pods).toBeLessThanOrEqual(Number(hard['pods']));
      expect(used.services).toBeLessThanOrEqual(Number(hard['services']));
      expect(used.balancers).toBeLessThanOrEqual(Number(hard['services.loadbalancers']));
      expect(used.claims).toBeLessThanOrEqual(Number(hard['persistentvolumeclaims']));
    },
  );
});

type Body = Readonly<Record<string, unknown>>;

function quotaOf({ resource }: StackJson): Readonly<Record<string, string>> {
  const quota = resource['kubernetes_resource_quota_v1']?.['quota'] as {
    spec: { hard: Record<string, string> };
  };
  return quota.spec.hard;
}

/** What deployments and stateful sets limit themselves to, and what claims ask for. */
function usedBy({ resource }: StackJson) {
  const all = (type: string) => Object.values(resource[type] ?? {}) as Body[];
  const pods = [...all('kubernetes_deployment_v1'), ...all('kubernetes_stateful_set_v1')].map(({ spec }) => {
    const { replicas = '1', template } = spec as { replicas?: string; template: { spec: PodSpec } };
    return { replicas: Number(replicas), limits: template.spec.container[0]?.resources.limits };
  });
  const sum = (read: (pod: (typeof pods)[number]) => number) =>
    pods.reduce((total, pod) => total + pod.replicas * read(pod), 0);
  const services = all('kubernetes_service_v1').map(({ spec }) => (spec as { type?: string }).type);
  const claims = all('kubernetes_persistent_volume_claim_v1').map(
    ({ spec }) => (spec as { resources: { requests: { storage: string } } }).resources.requests.storage,
  );
  return {
    cpu: sum(({ limits }) => cpuCores(limits?.cpu ?? '1000')),
    memory: sum(({ limits }) => gigabytes(limits?.memory ?? '1000Gi')),
    storage: claims.reduce((total, size) => total + gigabytes(size), 0),
    pods: sum(() => 1),
    services: services.length,
    balancers: services.filter((type) => type === 'LoadBalancer').length,
    claims: claims.length,
  };
}

interface PodSpec {
  readonly container: readonly { readonly resources: { readonly limits: { cpu: string; memory: string } } }[];
}

test('the priority class is that of the plan, or the one given, for every pod of the application', () => {
  const classesOf = (spec: Record<string, unknown>) => {
    const { kubernetes_deployment_v1: deployments = {} } = stackOf(
      inputOf({ services: { prometheus }, ...spec }, { blueprint: 'isp@1' }),
    ).resource;
    const texts = Object.values(deployments).map((one) =>
      /"priority_class_name":"([^"]+)"/.exec(JSON.stringify(one)),
    );
    return [...new Set(texts.map((found) => found?.[1]))];
  };
  expect(classesOf({})).toEqual([undefined]);
  expect(classesOf({ plan: 'premium', priority_class: 'by-plan' })).toEqual(['terrace-premium']);
  expect(classesOf({ priority_class: 'batch' })).toEqual(['batch']);
});
