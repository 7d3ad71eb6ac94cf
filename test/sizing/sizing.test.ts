import { describe, expect, test } from '@jest/globals';
import { zodFaults } from '../../src/errors/zod-faults.js';
import { needsOf } from '../../src/sizing/needs.js';
import { cpuText, memoryText, storageText } from '../../src/sizing/round.js';
import { sizing } from '../../src/sizing/sizing-request.js';
import { sizingFaults } from '../../src/sizing/sizing-faults.js';
import { coreShares, volumeShares } from '../../src/sizing/sizing-table.js';
import { sizeEnvironment } from '../../src/sizing/sizing.js';
import { request } from './requests.js';

const caps = { cpuCores: 64, memoryGb: 256, storageGb: 2048 };
const faults = (given: unknown) => {
  const parsed = sizing.safeParse(given);
  return parsed.success ? [] : zodFaults(parsed.error).map((fault) => `${fault.path}: ${fault.message}`);
};

describe('a request', () => {
  test('nothing is enough', () => {
    expect(request()).toEqual({ customers: 500, plan: 'standard', features: [], override: {} });
  });

  test.each<[unknown, string[]]>([
    [{ customers: 49 }, ['customers: must be at least 50']],
    [{ customers: 100_001 }, ['customers: must be at most 100000']],
    [{ customers: 99.5 }, ['customers: must be a whole number']],
    [{ plan: 'gold' }, ['plan: must be one of standard, premium, enterprise']],
    [
      { features: ['billing'] },
      ['features.0: must be one of radius, netbox, genieacs, wireguard, librenms, prometheus, grafana'],
    ],
    [{ features: ['radius', 'radius'] }, ['features: features must differ']],
    [{ override: { cpu_cores: 0.1 } }, ['override.cpu_cores: must be at least 0.5']],
    [{ override: { memory_gb: '8' } }, ['override.memory_gb: must be a number']],
    [{ override: { connections: 6000 } }, ['override.connections: must be at most 5000']],
    [{ override: { cpu: 4 } }, ['override.cpu: unknown field']],
  ])('%j is refused', (given, expected) => {
    expect(faults(given)).toEqual(expected);
  });
});

describe('needs', () => {
  test.each<[unknown, number[]]>([
    [{ customers: 10_000 }, [4, 8, 50, 200]],
    [{ customers: 50 }, [1.015, 3.025, 20.15, 100]],
    [{ customers: 1000, plan: 'premium' }, [1.85, 4.6, 34, 300]],
    [{ customers: 1000, plan: 'enterprise' }, [2.9, 7.05, 55, 500]],
    [{ customers: 1000, features: ['radius'] }, [1.52, 3.77, 24.1, 200]],
  ])('of %j follow the formulas', (given, [cpuCores, memoryGb, storageGb, connections]) => {
    const needs = needsOf(request(given));
    expect(needs.cpuCores).toBeCloseTo(cpuCores!, 9);
    expect(needs.memoryGb).toBeCloseTo(memoryGb!, 9);
    expect(needs.storageGb).toBeCloseTo(storageGb!, 9);
    expect(needs.connections).toBe(connections);
  });

  test('each override replaces its value and no other', () => {
    const free = needsOf(request({ customers: 1000 }));
    const values = { cpu_cores: 2, memory_gb: 4, storage_gb: 21, connections: 150 };
    expect(needsOf(request({ customers: 1000, override: values }))).toEqual({
      cpuCores: 2,
      memoryGb: 4,
      storageGb: 21,
      connections: 150,
    });
    expect(needsOf(request({ customers: 1000, override: { cpu_cores: 2 } }))).toEqual({
      ...free,
      cpuCores: 2,
    });
  });

  test('shares add up to the whole', () => {
    const sum = (values: readonly number[]) => values.reduce((total, one) => total + one, 0);
    expect(sum(Object.values(coreShares).map(({ cpu }) => cpu))).toBeCloseTo(1, 12);
    expect(sum(Object.values(coreShares).map(({ memory }) => memory))).toBeCloseTo(1, 12);
    expect(sum(Object.values(volumeShares))).toBeCloseTo(1, 12);
  });
});

describe('a sized environment', () => {
  test('has a pod for each part, with requests by plan', () => {
    expect(sizeEnvironment(request({ customers: 10_000, features: ['genieacs'] }))).toMatchObject({
      pods: {
        frontend: { replicas: 2, cpuRequest: '150m', cpuLimit: '300m', memory: '448Mi' },
        backend: { replicas: 2, cpuRequest: '450m', cpuLimit: '900m', memory: '1664Mi' },
        database: { replicas: 1, cpuRequest: '600m', cpuLimit: '1200m', memory: '2880Mi' },
        cache: { replicas: 1, cpuRequest: '200m', cpuLimit: '400m', memory: '1280Mi' },
        genieacs: { replicas: 1, cpuRequest: '200m', cpuLimit: '400m', memory: '640Mi' },
        mongodb: { replicas: 1, cpuRequest: '150m', cpuLimit: '300m', memory: '960Mi' },
      },
      volumes: { database: '30Gi', backups: '15Gi', files: '5Gi', mongodb: '10Gi' },
      database: { storageGb: 30, connections: 200 },
      quota: { storage: '60Gi', pods: 14, services: 9, volume_claims: 6 },
    });
  });

  test('guarantees the whole CPU to an enterprise pod and three replicas of it', () => {
    const { pods } = sizeEnvironment(request({ plan: 'enterprise' }));
    expect(pods.backend).toMatchObject({ replicas: 3, cpuRequest: '450m', cpuLimit: '450m' });
  });

  test('leaves out of the quota what runs elsewhere, and still says its size', () => {
    const asked = request({ customers: 10_000 });
    const here = sizeEnvironment(asked);
    const away = sizeEnvironment(asked, { database: 'elsewhere', cache: 'elsewhere' });
    expect(Object.keys(away.pods)).toEqual(['frontend', 'backend']);
    expect(Object.keys(away.volumes)).toEqual(['files']);
    expect(away.database).toEqual(here.database);
    expect(away.cache).toEqual(here.cache);
    expect(here.totals.cpuCores - away.totals.cpuCores).toBeCloseTo(1.2 + 0.4 + 0.1, 6);
    expect(here.totals.storageGb - away.totals.storageGb).toBe(45);
  });

  test('gives a managed database at least what RDS makes', () => {
    const asked = request({ customers: 50 });
    expect(sizeEnvironment(asked).database.storageGb).toBe(13);
    expect(sizeEnvironment(asked, { database: 'elsewhere', cache: 'in_cluster' }).database.storageGb).toBe(
      20,
    );
  });

  test('follows an override down to the pods', () => {
    const { pods, quota } = sizeEnvironment(
      request({ customers: 10_000, override: { cpu_cores: 8, memory_gb: 4, storage_gb: 100 } }),
    );
    expect(pods.database).toMatchObject({ cpuLimit: '2400m', memory: '1472Mi' });
    expect(pods.backend).toMatchObject({ replicas: 4, cpuLimit: '900m' });
    expect(quota.storage).toBe('100Gi');
  });
});

describe('faults', () => {
  const told = (given: unknown, limits = caps) =>
    sizingFaults(request(given), { caps: limits }).map((fault) => `${fault.path}: ${fault.message}`);

  test('past a cap: the amount, the setting and what would fit', () => {
    expect(told({ customers: 10_000 }, { ...caps, cpuCores: 4, storageGb: 49 })).toEqual([
      'sizing.customers: asks for 6.3 cores; the most is 4 (MAX_CPU_CORES); up to 3333 customers fit this plan',
      'sizing.customers: asks for 50 GB; the most is 49 (MAX_STORAGE_GB); up to 3333 customers fit this plan',
    ]);
  });

  test('past a cap with any number of customers', () => {
    expect(told({ plan: 'enterprise' }, { ...caps, memoryGb: 2 })).toEqual([
      'sizing.customers: asks for 8.94 GB; the most is 2 (MAX_MEMORY_GB); choose a smaller plan or fewer features',
    ]);
  });

  test('past a cap by an override', () => {
    expect(told({ override: { storage_gb: 3000 } })).toEqual([
      'sizing.override.storage_gb: asks for 3000 GB; the most is 2048 (MAX_STORAGE_GB)',
    ]);
  });

  test('an override that its features eat up', () => {
    expect(told({ customers: 1000, features: ['prometheus'], override: { memory_gb: 2 } })).toEqual([
      'sizing.override.memory_gb: must be at least 2.58: the features need 1.08 GB, the application at least 1.5',
    ]);
    expect(told({ customers: 1000, features: ['prometheus'], override: { memory_gb: 2.58 } })).toEqual([]);
  });

  test('what runs besides counts', () => {
    const besides = { cpuCores: 60, memoryGb: 0, storageGb: 0 };
    const [fault] = sizingFaults(request({ customers: 10_000 }), { caps, besides, path: 'isp.sizing' });
    expect(fault).toMatchObject({ path: 'isp.sizing.customers' });
    expect(fault?.message).toMatch(/^asks for 66.3 cores; the most is 64/);
  });
});

describe('quantities', () => {
  test.each<[(value: number) => string, number, string]>([
    [cpuText, 0, '50m'],
    [cpuText, 0.05, '50m'],
    [cpuText, 0.0501, '100m'],
    [cpuText, 0.1 + 0.2, '300m'],
    [cpuText, 0.96, '1'],
    [cpuText, 1.5, '1500m'],
    [memoryText, 0.001, '64Mi'],
    [memoryText, 0.5, '512Mi'],
    [memoryText, 0.99, '1Gi'],
    [memoryText, 1.01, '1088Mi'],
    [storageText, 0.2, '1Gi'],
    [storageText, 20.15, '21Gi'],
    [storageText, 1024, '1Ti'],
    [storageText, 1500, '1500Gi'],
  ])('%p of %d is %s', (text, value, expected) => {
    expect(text(value)).toBe(expected);
  });
});
