import { describe, expect, test } from '@jest/globals';
import { deviationOf, deviationTarget, fit } from '../../src/sizing/fit.js';
import { needsOf, type Needs } from '../../src/sizing/needs.js';
import { sizingFaults } from '../../src/sizing/sizing-faults.js';
import { plans } from '../../src/sizing/sizing-table.js';
import { customerCounts, featurePairs, request } from './requests.js';

const caps = { cpuCores: 1e6, memoryGb: 1e6, storageGb: 1e6 };
const asked = plans.flatMap((plan) =>
  featurePairs.flatMap((features) =>
    customerCounts
      .filter((_count, at) => at % 4 === 0)
      .map((customers) => request({ plan, features: [...features], customers })),
  ),
);
const scaled = (needs: Needs, factor: number): Needs => ({
  cpuCores: needs.cpuCores * factor,
  memoryGb: needs.memoryGb * factor,
  storageGb: needs.storageGb * factor,
  connections: needs.connections * factor,
});

describe('the reverse of sizing', () => {
  test('what was sized for a number of customers fits no fewer', () => {
    const odd = asked.filter((one) => fit(needsOf(one), one).customers !== one.customers);
    expect(odd).toEqual([]);
  });

  test('the customers found hold the use, and one fewer would not', () => {
    const odd = asked.filter((one) => {
      const use = { ...scaled(needsOf(one), 1.3), connections: 10 };
      const { customers } = fit(use, one);
      if (customers === undefined) return needsOf({ ...one, customers: 100_000 }).memoryGb >= use.memoryGb;
      const holds = (count: number) => {
        const needs = needsOf({ ...one, customers: count });
        return (
          needs.cpuCores >= use.cpuCores && needs.memoryGb >= use.memoryGb && needs.storageGb >= use.storageGb
        );
      };
      return !holds(customers) || (customers > 50 && holds(customers - 1));
    });
    expect(odd).toEqual([]);
  });

  test('its override holds the use, is valid, and is within 5 percent of any use worth twenty steps', () => {
    const odd = asked.filter((one) => {
      const use = scaled(needsOf(one), 1.37);
      const again = request({ ...one, override: fit(use, one).override });
      const second = fit(use, again);
      const large = { cpuCores: 1, memoryGb: 1.25, storageGb: 20, connections: 20 };
      const off = (Object.keys(large) as (keyof Needs)[]).filter(
        (part) => use[part] >= large[part] && !second.onTarget[part],
      );
      return second.short.length > 0 || off.length > 0 || sizingFaults(again, { caps }).length > 0;
    });
    expect(odd).toEqual([]);
  });

  test('features keep what they must have, however little is used', () => {
    const idle = { cpuCores: 0.01, memoryGb: 0.1, storageGb: 1, connections: 1 };
    const one = request({ features: ['prometheus'], customers: 1000 });
    const { override } = fit(idle, one);
    expect(override).toEqual({ cpu_cores: 0.85, memory_gb: 2.625, storage_gb: 26, connections: 20 });
    expect(sizingFaults(request({ ...one, override }), { caps })).toEqual([]);
  });

  test('more than any number of customers gets is said so', () => {
    const use = { cpuCores: 500, memoryGb: 1, storageGb: 1, connections: 1 };
    expect(fit(use, request())).toMatchObject({ customers: undefined, short: ['cpuCores'] });
  });

  test('the deviation is measured against what was asked, overrides and all', () => {
    const use = { cpuCores: 2, memoryGb: 4, storageGb: 50, connections: 0 };
    const one = request({ customers: 10_000, override: { cpu_cores: 2.1, memory_gb: 3.8 } });
    expect(fit(use, one)).toMatchObject({
      deviation: { cpuCores: 5, memoryGb: -5, storageGb: 0, connections: undefined },
      onTarget: { cpuCores: true, memoryGb: true, storageGb: true, connections: false },
      short: ['memoryGb'],
    });
    expect(deviationTarget).toBe(5);
  });

  test.each([
    [2, 1, 100],
    [1, 2, -50],
    [1, 3, -66.67],
    [1, 0, undefined],
  ])('%d sized for %d used is off by %p percent', (sized, used, expected) => {
    expect(deviationOf(sized, used)).toBe(expected);
  });
});
