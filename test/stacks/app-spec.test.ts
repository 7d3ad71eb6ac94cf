import { describe, expect, test } from '@jest/globals';
import { zodFaults } from '../../src/errors/zod-faults.js';
import { appSpecV1, requestedTotals } from '../../stacks/app/spec.js';
import { blueprint } from '../../stacks/app/blueprint.js';

const vpc = {
  vpc_id: 'vpc-0a1b2c3d',
  vpc_cidr: '10.0.0.0/16',
  subnet_ids: ['subnet-0a1b2c3d', 'subnet-0a1b2c3e'],
};
const chart = { repository: 'https://charts.example.com', chart: 'shop', version: '1.0.0' };

function faults(spec: unknown): string[] {
  const parsed = appSpecV1.safeParse(spec);
  return parsed.success ? [] : zodFaults(parsed.error).map((fault) => `${fault.path}: ${fault.message}`);
}

describe('a spec of app@1', () => {
  test.each<[string, unknown]>([
    ['nothing', {}],
    ['only a host', { ingress: { host: 'shop.example.com' } }],
    ['only a base domain', { ingress: { base_domain: 'example.com' } }],
    ['a managed database', { database: { mode: 'rds' }, network: vpc }],
    ['a chart', { releases: [chart] }],
    ['no data services', { database: { mode: 'none' }, cache: { mode: 'none' } }],
  ])('%s is enough', (_name, spec) => {
    expect(faults(spec)).toEqual([]);
  });

  test.each<[unknown, string[]]>([
    [{ colour: 'red' }, ['colour: unknown field']],
    [{ database: { moed: 'rds' } }, ['database.moed: unknown field']],
    [{ database: { mode: 'mysql' } }, ['database.mode: must be one of in_cluster, rds, shared_schema, none']],
    [
      { database: { version: '9' } },
      ['database.version: must be one of "15", "16", "17" for postgres, "8.0", "8.4" for mysql'],
    ],
    [{ database: { storage_gb: 0 } }, ['database.storage_gb: must be at least 1']],
    [
      { namespace: 'Über' },
      [
        'namespace: must be 1 to 63 lower-case letters, digits or hyphens, start with a letter and end with a letter or digit',
      ],
    ],
    [
      { namespace: 'kube-system' },
      ['namespace: is reserved; names "default", "kube-..." and "terrace-..." are taken'],
    ],
    [{ quota: { cpu: 'much' } }, ['quota.cpu: must be a CPU quantity above 0, such as "2" or "500m"']],
    [{ quota: { cpu: 4 } }, ['quota.cpu: must be a text such as "2" or "500m"']],
    [
      { quota: { memory: '8G1' } },
      ['quota.memory: must be a size of at least 1Mi, such as "512Mi" or "20Gi"'],
    ],
    [{ quota: { pods: 1.5 } }, ['quota.pods: must be a whole number']],
    [
      { variables: { 'lower-case': 'x' } },
      ['variables.lower-case: must be at most 100 capital letters, digits or "_", not starting with a digit'],
    ],
    [
      { variables: { DATABASE_URL: 'x' } },
      ['variables.DATABASE_URL: is set by Terrace; choose another name'],
    ],
    [{ variables: { A: 1 } }, ['variables.A: must be a text']],
    [{ variables: { A: 'a\0b' } }, ['variables.A: must not contain a NUL character']],
    [{ variables: { A: '${TfToken[TOKEN.1]}' } }, ['variables.A: must not contain "TfToken[" or "e+289"']],
    [{ variables: { A: '\ud800' } }, ['variables.A: must be valid Unicode']],
    [{ releases: [{ ...chart, values: { n: 1e200 } }] }, ['releases.0.values.n: is too large a number']],
    [
      { releases: [{ ...chart, version: '^1.0' }] },
      ['releases.0.version: must be one exact version, such as "1.4.2"'],
    ],
    [
      { releases: [{ ...chart, repository: 'file:///etc' }] },
      ['releases.0.repository: must be an https:// or oci:// address without user, query and fragment'],
    ],
    [
      { releases: [{ ...chart, chart: '../x' }] },
      ['releases.0.chart: must be the name of a chart: lower-case letters, digits, ".", "_" or "-"'],
    ],
    [
      { releases: [{ repository: chart.repository, chart: 'shop' }] },
      ['releases.0.version: is required: must be one exact version, such as "1.4.2"'],
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
      {
        cache: { mode: 'elasticache' },
        network: { ...vpc, subnet_ids: ['subnet-0a1b2c3d', 'subnet-0a1b2c3d'] },
      },
      [
        'network.subnet_ids: needs at least two subnets when database.mode is "rds" or cache.mode is "elasticache"',
      ],
    ],
    [
      { database: { mode: 'rds' }, network: { ...vpc, vpc_cidr: '0.0.0.0/0' } },
      ['network.vpc_cidr: must be /8 or smaller: data ports are opened to this range'],
    ],
    [
      { database: { mode: 'rds', storage_gb: 5 }, network: vpc },
      ['database.storage_gb: must be at least 20 when database.mode is "rds"'],
    ],
    [{ database: { multi_az: true } }, ['database.multi_az: multi_az needs database.mode "rds"']],
    [
      { database: { deletion_protection: true } },
      ['database.deletion_protection: deletion_protection needs database.mode "rds"'],
    ],
    [
      { database: { kms_key_arn: 'arn:aws:kms:eu-central-1:123456789012:key/a-b' } },
      ['database.kms_key_arn: kms_key_arn needs database.mode "rds"'],
    ],
    [
      { database: { mode: 'none', storage_gb: 5 } },
      ['database.storage_gb: is of no use while database.mode is "none"'],
    ],
    [
      { database: { storage_gb: 50 } },
      [
        'quota.storage: is less than the database in the cluster and its backups need; raise it or lower database.storage_gb',
      ],
    ],
    [
      { database: { size: 'large' }, quota: { memory: '8Gi', cpu: '2' } },
      [
        'quota.cpu: is less than the database and cache in the cluster need; raise it or choose smaller sizes',
        'quota.memory: is less than the database and cache in the cluster need; raise it or choose smaller sizes',
      ],
    ],
    [{ limits: { cpu_request: '2' } }, ['limits.cpu_request: must not be above limits.cpu']],
    [{ limits: { memory_request: '2Gi' } }, ['limits.memory_request: must not be above limits.memory']],
    [{ cache: { replicas: 1 } }, ['cache.replicas: replicas need cache.mode "elasticache"']],
    [
      { network: { egress: [{ name: 'a', cidr: 'nowhere', ports: [] }] } },
      [
        'network.egress.0.cidr: must be an IPv4 range such as "10.0.0.0/16"',
        'network.egress.0.ports: name at least one port',
      ],
    ],
    [
      { network: { egress: [1, 2].map(() => ({ name: 'a', cidr: '10.0.0.0/8', ports: [443] })) } },
      ['network.egress: names of rules must differ'],
    ],
    [
      { network: { egress: [{ name: 'a', cidr: '10.0.0.0/8', ports: [0] }] } },
      ['network.egress.0.ports.0: must be a port from 1 to 65535'],
    ],
    [{ ingress: {} }, ['ingress.host: is required, or give base_domain']],
    [
      { ingress: { host: 'Shop' } },
      ['ingress.host: must be a host name in lower case, such as "app.example.com"'],
    ],
    [
      { ingress: { host: 'a.example.com', subdomain: 'a' } },
      ['ingress.subdomain: goes with base_domain and without host'],
    ],
    [
      { ingress: { host: 'a.other.com', base_domain: 'example.com' } },
      ['ingress.host: must be below base_domain, or leave base_domain out'],
    ],
    [
      { ingress: { host: 'a.example.com', tls: { issuer: 'a', secret_name: 'b' } } },
      ['ingress.tls: takes issuer or secret_name, not both'],
    ],
    [
      { ingress: { host: 'a.example.com', paths: ['/', '/'].map((path) => ({ path, service: 'a' })) } },
      ['ingress.paths: paths must differ'],
    ],
    [
      { ingress: { host: 'a.example.com', paths: [{ path: '/${x}', service: 'a' }] } },
      ['ingress.paths.0.path: must start with "/" and hold letters, digits, ".", "_", "~", "-" and "/" only'],
    ],
  ])('%j is refused', (spec, expected) => {
    expect(faults(spec)).toEqual(expected);
  });

  test('values nested without end are refused, not overflowed', () => {
    let deep: unknown = 1;
    for (let i = 0; i < 20_000; i++) deep = { a: deep };
    const found = faults({ releases: [{ ...chart, values: { deep } }] });
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(/is nested deeper than 24 levels$/);
  });

  test('totals count the quota, and managed instances with their standbys', () => {
    expect(requestedTotals(appSpecV1.parse({}))).toEqual({ cpuCores: 4, memoryGb: 8, storageGb: 40 });
    const managed = appSpecV1.parse({
      network: vpc,
      database: { mode: 'rds', multi_az: true, size: 'medium', storage_gb: 100 },
      quota: { cpu: '500m', memory: '1024Mi', storage: '1Ti' },
      cache: { mode: 'none' },
    });
    expect(requestedTotals(managed)).toEqual({ cpuCores: 4.5, memoryGb: 17, storageGb: 1124 });
  });
});

test('secrets are asked for exactly where a password is used', () => {
  const names = (spec: unknown) => blueprint.secrets(appSpecV1.parse(spec)).map((one) => one.name);
  expect(names({})).toEqual(['database_password', 'cache_password']);
  expect(names({ cache: { mode: 'none' } })).toEqual(['database_password']);
  expect(names({ cache: { mode: 'none' }, database: { mode: 'none' } })).toEqual([]);
});
