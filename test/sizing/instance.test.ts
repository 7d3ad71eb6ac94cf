import { describe, expect, test } from '@jest/globals';
import {
  chooseCacheInstance,
  chooseDatabaseInstance,
  instanceFault,
  type InstanceChoice,
} from '../../src/sizing/instance-choice.js';
import { instances, maxConnections, missingFamilies } from '../../src/sizing/instance-table.js';
import { plans } from '../../src/sizing/sizing-table.js';
import { sizeEnvironment } from '../../src/sizing/sizing.js';
import { cacheSizes, databaseSizes, dataSizes } from '../../src/spec/sizes.js';
import { customerCounts, request } from './requests.js';

const chosen = (choice: InstanceChoice) => (choice.kind === 'chosen' ? choice.instance.name : choice.message);

describe('the table of instances', () => {
  test('names are unique, and the order is by memory', () => {
    for (const list of Object.values(instances)) {
      expect(new Set(list.map(({ name }) => name)).size).toBe(list.length);
      const memory = list.map(({ memoryGb }) => memoryGb);
      expect(memory).toEqual([...memory].sort((a, b) => a - b));
    }
  });

  test.each(dataSizes)('knows what the named size %s is made of', (size) => {
    for (const [service, sizes] of [
      ['rds', databaseSizes],
      ['elasticache', cacheSizes],
    ] as const) {
      const { instance, instanceCpuCores, instanceMemoryGb } = sizes[size];
      expect(instances[service].find(({ name }) => name === instance)).toMatchObject({
        cpuCores: instanceCpuCores,
        memoryGb: instanceMemoryGb,
      });
    }
  });

  test.each([
    [1, 112],
    [2, 225],
    [4, 450],
    [8, 901],
    [64, 5000],
  ])('%d GB allow %d connections', (memoryGb, expected) => {
    expect(maxConnections({ memoryGb })).toBe(expected);
  });

  test('each family that a region lacks is one of the table', () => {
    for (const services of Object.values(missingFamilies)) {
      for (const service of ['rds', 'elasticache'] as const) {
        const families = instances[service].map(({ family }) => family);
        expect((services[service] ?? []).filter((one) => !families.includes(one))).toEqual([]);
      }
    }
  });
});

describe('a database instance', () => {
  test.each([
    [0.1, 0.5, 50, 'db.t4g.micro'],
    [0.3, 1, 100, 'db.t4g.small'],
    [0.3, 1, 113, 'db.t4g.small'],
    [0.3, 2, 200, 'db.t4g.small'],
    [0.3, 2, 226, 'db.t4g.medium'],
    [0.5, 2, 100, 'db.m7g.large'],
    [2, 8, 901, 'db.m7g.large'],
    [2, 8, 902, 'db.r7g.large'],
    [2.5, 8, 100, 'db.m7g.xlarge'],
    [4, 32, 3000, 'db.r7g.xlarge'],
    [64, 257, 5000, 'db.r7g.16xlarge'],
  ])('for %d cores, %d GB and %d connections is %4$s', (cpuCores, memoryGb, connections, expected) => {
    expect(chosen(chooseDatabaseInstance({ cpuCores, memoryGb, connections }))).toBe(expected);
  });

  test('is refused when no class is large enough', () => {
    expect(chosen(chooseDatabaseInstance({ cpuCores: 65, memoryGb: 8, connections: 10 }))).toBe(
      'no instance has 65 cores, 8 GB and 10 connections; the largest is db.r7g.16xlarge',
    );
  });

  test('grows with the customers, and holds what each plan needs', () => {
    for (const plan of plans) {
      let last = 0;
      for (const customers of customerCounts) {
        const { database } = sizeEnvironment(request({ plan, customers }));
        const choice = chooseDatabaseInstance(database);
        if (choice.kind !== 'chosen') throw new Error(choice.message);
        expect(choice.instance.memoryGb).toBeGreaterThanOrEqual(Math.max(last, database.memoryGb));
        last = choice.instance.memoryGb;
      }
    }
  });
});

describe('a cache instance', () => {
  test.each([
    [0.5, undefined, 'cache.t4g.micro'],
    [0.51, undefined, 'cache.t4g.small'],
    [1.38, undefined, 'cache.t4g.medium'],
    [1.38, 0.5, 'cache.m7g.large'],
    [13, undefined, 'cache.r7g.large'],
    [635, undefined, 'cache.r5.24xlarge'],
    [636, undefined, 'no instance has 0 cores and 636 GB; the largest is cache.r5.24xlarge'],
  ])('for %d GB and %p cores is %s', (memoryGb, cpuCores, expected) => {
    expect(chosen(chooseCacheInstance({ memoryGb, cpuCores }))).toBe(expected);
  });

  test('stays within the families of its region', () => {
    expect(chosen(chooseCacheInstance({ memoryGb: 635 }, 'mx-central-1'))).toBe(
      'no instance has 0 cores and 635 GB; the largest is cache.r7g.16xlarge',
    );
  });
});

describe('an instance that the caller names', () => {
  test('is refused in a region that lacks its family, with the families to use', () => {
    expect(instanceFault('elasticache', 'cache.r6g.large', 'ap-southeast-7')).toBe(
      'cache.r6g.large is not offered in ap-southeast-7; use one of the families t4g, t3, m7g, r7g',
    );
  });

  test.each([
    ['rds', 'db.m6g.large', 'mx-central-1'],
    ['rds', 'db.m7g.large', 'eu-central-1'],
    ['elasticache', 'cache.m7g.large', 'mx-central-1'],
    ['elasticache', 'cache.m6g.large', 'eu-central-1'],
    ['elasticache', 'cache.c7gn.large', 'mx-central-1'],
  ] as const)('%s %s passes in %s', (service, name, region) => {
    expect(instanceFault(service, name, region)).toBeUndefined();
  });
});
