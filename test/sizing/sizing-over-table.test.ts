/** Properties that hold for every number of customers x plan x set of features. */
import { describe, expect, test } from '@jest/globals';
import { quota as quotaOfSpec } from '../../stacks/app/spec-parts.js';
import { cpuCores, gigabytes } from '../../src/spec/quantity.js';
import type { Needs } from '../../src/sizing/needs.js';
import { mostCustomers, sizingFaults } from '../../src/sizing/sizing-faults.js';
import {
  coreMinimum,
  features,
  planSizing,
  plans,
  type Feature,
  type Plan,
} from '../../src/sizing/sizing-table.js';
import { sizeEnvironment, type Sizing } from '../../src/sizing/sizing.js';
import { customerCounts, featurePairs, featureSets, request } from './requests.js';

interface Case {
  readonly customers: number;
  readonly plan: Plan;
  readonly features: readonly Feature[];
  readonly sizing: Sizing;
  readonly measures: readonly number[];
}

const key = (customers: number, plan: Plan, chosen: readonly Feature[]) =>
  `${customers} ${plan} ${features.filter((one) => chosen.includes(one)).join('+')}`;
const cases: ReadonlyMap<string, Case> = new Map(
  plans.flatMap((plan) =>
    featureSets.flatMap((chosen) =>
      customerCounts.map((customers): [string, Case] => {
        const sizing = sizeEnvironment({ customers, plan, features: [...chosen], override: {} });
        const measures = measuresOf(sizing);
        return [key(customers, plan, chosen), { customers, plan, features: chosen, sizing, measures }];
      }),
    ),
  ),
);

/** What must never fall: needs, quota and totals, as numbers. */
function measuresOf({ needs, totals, quota }: Sizing): number[] {
  const { cpuCores: cpu, memoryGb, storageGb, connections } = needs;
  return [
    ...[cpu, memoryGb, storageGb, connections],
    ...[totals.cpuCores, totals.memoryGb, totals.storageGb],
    ...[cpuCores(quota.cpu), gigabytes(quota.memory), gigabytes(quota.storage)],
    ...[quota.pods, quota.services, quota.volume_claims],
  ];
}

/** Names of the cases whose `larger` neighbour gets less of anything. */
function falls(larger: (one: Case) => Case | undefined): string[] {
  return [...cases].flatMap(([name, one]) => {
    const other = larger(one);
    if (other === undefined) return [];
    const fallen = one.measures.some((value, at) => other.measures[at]! < value - 1e-9);
    return fallen ? [`${name}: ${one.measures} > ${other.measures}`] : [];
  });
}

const broken = (holds: (one: Case) => boolean, among: readonly Case[] = [...cases.values()]) =>
  among.filter((one) => !holds(one)).map((one) => key(one.customers, one.plan, one.features));

/** Every third number of customers, pairs of features: for what takes longer. */
const fewer = [...cases.values()].filter(
  (one) => featurePairs.includes(one.features) && customerCounts.indexOf(one.customers) % 3 === 0,
);

describe('for every number of customers, plan and set of features', () => {
  test('the table is as large as it says', () => {
    expect(customerCounts.length).toBeGreaterThanOrEqual(40);
    expect(new Set(customerCounts).size).toBe(customerCounts.length);
    expect([Math.min(...customerCounts), Math.max(...customerCounts)]).toEqual([50, 100_000]);
    expect(cases.size).toBe(customerCounts.length * plans.length * 128);
  });

  test('more customers never get less', () => {
    const next = (count: number) => customerCounts[customerCounts.indexOf(count) + 1];
    expect(
      falls(({ customers, plan, features: chosen }) => {
        const more = next(customers);
        return more === undefined ? undefined : cases.get(key(more, plan, chosen));
      }),
    ).toEqual([]);
  });

  // Ranges in which need moves from larger replicas to more of them: of CPU in the first, of memory in the second.
  test.each([
    ['enterprise', 15_000],
    ['premium', 25_000],
  ] as const)('nor do %s environments with one customer more, from %d on', (plan, first) => {
    const fallen: number[] = [];
    let last: readonly number[] = [];
    for (let customers = first; customers <= first + 5000; customers += 1) {
      const measures = measuresOf(sizeEnvironment({ customers, plan, features: [], override: {} }));
      if (last.some((value, at) => measures[at]! < value - 1e-9)) fallen.push(customers);
      last = measures;
    }
    expect(fallen).toEqual([]);
  });

  test('a higher plan never gets less', () => {
    expect(
      falls(({ customers, plan, features: chosen }) => {
        const higher = plans[plans.indexOf(plan) + 1];
        return higher === undefined ? undefined : cases.get(key(customers, higher, chosen));
      }),
    ).toEqual([]);
  });

  test.each(features)('%s added never takes anything away', (feature) => {
    expect(
      falls(({ customers, plan, features: chosen }) =>
        chosen.includes(feature) ? undefined : cases.get(key(customers, plan, [...chosen, feature])),
      ),
    ).toEqual([]);
  });

  test('nothing is below the base of its plan or the least that an application runs with', () => {
    const least = (plan: Plan): Needs => ({
      cpuCores: Math.max(planSizing[plan].cpu.base, coreMinimum.cpuCores),
      memoryGb: Math.max(planSizing[plan].memory.base, coreMinimum.memoryGb),
      storageGb: Math.max(planSizing[plan].storage.base, coreMinimum.storageGb),
      connections: 100,
    });
    expect(
      broken(({ plan, sizing: { needs } }) =>
        Object.entries(least(plan)).every(([name, value]) => needs[name as keyof Needs] >= value),
      ),
    ).toEqual([]);
  });

  test('connections are twice the customers, up to the cap of the plan', () => {
    expect(
      broken(
        ({ customers, plan, sizing: { needs } }) =>
          needs.connections === Math.min(customers * 2, planSizing[plan].connections),
      ),
    ).toEqual([]);
  });

  test('the rounded pods hold the need, and the quota holds the pods', () => {
    expect(
      broken(({ sizing: { needs, pods, quota } }) => {
        const all = Object.values(pods);
        const cpu = all.reduce((sum, pod) => sum + pod.replicas * cpuCores(pod.cpuLimit), 0);
        const memory = all.reduce((sum, pod) => sum + pod.replicas * gigabytes(pod.memory), 0);
        return (
          cpu >= needs.cpuCores - 1e-9 &&
          memory >= needs.memoryGb - 1e-9 &&
          cpuCores(quota.cpu) >= cpu - 1e-9 &&
          gigabytes(quota.memory) >= memory - 1e-9
        );
      }),
    ).toEqual([]);
  });

  test('while frontend and backend are replaced, the quota still holds everything', () => {
    expect(
      broken(({ sizing: { pods, quota } }) => {
        const { frontend, backend } = pods;
        if (frontend === undefined || backend === undefined) return false;
        const all = [...Object.values(pods), { ...frontend, replicas: 1 }, { ...backend, replicas: 1 }];
        const of = (amount: (pod: (typeof all)[number]) => number) =>
          all.reduce((sum, pod) => sum + pod.replicas * amount(pod), 0);
        return (
          cpuCores(quota.cpu) >= of((pod) => cpuCores(pod.cpuLimit)) + 0.5 - 1e-9 &&
          gigabytes(quota.memory) >= of((pod) => gigabytes(pod.memory)) + 0.5 - 1e-9 &&
          quota.pods >= of(() => 1)
        );
      }),
    ).toEqual([]);
  });

  test('volumes hold the storage, and the quota holds the volumes', () => {
    expect(
      broken(({ sizing: { needs, volumes, quota, database } }) => {
        const sizes = Object.values(volumes).map(gigabytes);
        const sum = sizes.reduce((total, size) => total + size, 0);
        return (
          sizes.every(Number.isInteger) &&
          sum >= needs.storageGb - 1e-9 &&
          sum <= gigabytes(quota.storage) &&
          gigabytes(volumes.database ?? '0') === database.storageGb
        );
      }),
    ).toEqual([]);
  });

  test('quantities are whole steps, and no request is above its limit', () => {
    const whole = (value: number, step: number) => Math.abs(value / step - Math.round(value / step)) < 1e-6;
    expect(
      broken(({ sizing: { pods } }) =>
        Object.values(pods).every(
          (pod) =>
            whole(cpuCores(pod.cpuRequest), 0.05) &&
            whole(cpuCores(pod.cpuLimit), 0.05) &&
            whole(gigabytes(pod.memory), 1 / 16) &&
            cpuCores(pod.cpuRequest) <= cpuCores(pod.cpuLimit) &&
            cpuCores(pod.cpuRequest) >= 0.05 &&
            pod.replicas >= 1,
        ),
      ),
    ).toEqual([]);
  });

  test('the quota is one that a spec takes', () => {
    expect(broken(({ sizing: { quota } }) => quotaOfSpec.safeParse(quota).success, fewer)).toEqual([]);
  });

  test('the database has memory for its connections', () => {
    // 128 MB shared and 4 MB for each connection is the least that PostgreSQL lives with under load.
    expect(
      broken(({ sizing: { database } }) => database.memoryGb * 1024 >= 128 + database.connections * 4),
    ).toEqual([]);
  });

  test.each([
    ['the default caps', { cpuCores: 64, memoryGb: 256, storageGb: 2048 }],
    ['small caps', { cpuCores: 4, memoryGb: 8, storageGb: 50 }],
    ['caps in the middle', { cpuCores: 16, memoryGb: 40, storageGb: 300 }],
  ])('under %s it fits, or the fault names the setting and what would fit', (_name, caps) => {
    const text =
      /^asks for [\d.]+ (cores|GB); the most is \d+ \((MAX_CPU_CORES|MAX_MEMORY_GB|MAX_STORAGE_GB)\); (up to \d+ customers fit this plan|choose a smaller plan or fewer features)$/;
    expect(
      broken(({ customers, plan, features: chosen, sizing: { totals } }) => {
        const found = sizingFaults(request({ customers, plan, features: [...chosen] }), { caps });
        const fits =
          totals.cpuCores <= caps.cpuCores &&
          totals.memoryGb <= caps.memoryGb &&
          totals.storageGb <= caps.storageGb;
        return fits
          ? found.length === 0
          : found.length > 0 &&
              found.every(({ path, message }) => path === 'sizing.customers' && text.test(message));
      }, fewer),
    ).toEqual([]);
  });

  test('the most customers that fit do fit, and one more does not', () => {
    const caps = { cpuCores: 16, memoryGb: 40, storageGb: 300 };
    const odd = plans.flatMap((plan) =>
      featurePairs.flatMap((chosen) => {
        const asked = request({ plan, features: [...chosen] });
        const most = mostCustomers(asked, { caps });
        if (most === undefined) return [key(0, plan, chosen)];
        const faults = [most, most + 1].map(
          (customers) => sizingFaults({ ...asked, customers }, { caps }).length,
        );
        return faults[0] === 0 && faults[1]! > 0 ? [] : [key(most, plan, chosen)];
      }),
    );
    expect(odd).toEqual([]);
  });
});
