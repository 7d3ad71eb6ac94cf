// The tables of docs/sizing.md, made from src/sizing. `table` and `code` write Markdown.
export function sizingTables({ table, code }) {
  const grows = ({ base, increment }, unit) =>
    increment === 0 ? `${base}` : `${base} + ${increment} x customers / ${unit}`;
  const formulaCells = (formula, units) =>
    ['cpu', 'memory', 'storage'].map((part) => grows(formula[part], units[part]));
  const percent = (share) => `${Math.round(share * 100)} %`;
  const counts = [50, 500, 1000, 5000, 10_000, 50_000, 100_000];
  const number = (value) => String(Number(value.toFixed(2)));

  return {
    sizing_plans: ({ sizing: { planSizing, customersPerIncrement } }) =>
      table(
        ['plan', 'CPU cores', 'memory GB', 'storage GB', 'connections', 'replicas', 'guaranteed CPU'],
        Object.entries(planSizing).map(([plan, row]) => [
          code(plan),
          ...formulaCells(row, customersPerIncrement),
          `customers x 2, at most ${row.connections}`,
          `at least ${row.replicas}`,
          percent(row.cpuReserved),
        ]),
      ),
    sizing_features: ({ sizing: { featureSizing, customersPerIncrement } }) =>
      table(
        ['feature', 'pod', 'CPU cores', 'memory GB', 'storage GB'],
        Object.entries(featureSizing).flatMap(([feature, pods]) =>
          Object.entries(pods).map(([pod, formula]) => [
            code(feature),
            code(pod),
            ...formulaCells(formula, customersPerIncrement),
          ]),
        ),
      ),
    sizing_shares: ({ sizing: { coreShares, volumeShares, largestReplica } }) =>
      table(
        ['part', 'CPU', 'memory', 'storage', 'one replica is at most'],
        [...new Set([...Object.keys(coreShares), ...Object.keys(volumeShares)])].map((part) => {
          const share = coreShares[part];
          const most = largestReplica[part];
          return [
            code(part),
            share === undefined ? '' : percent(share.cpu),
            share === undefined ? '' : percent(share.memory),
            volumeShares[part] === undefined ? '' : percent(volumeShares[part]),
            most === undefined ? '' : `${most.cpu} cores, ${most.memory} GB`,
          ];
        }),
      ),
    sizing_examples: ({ sizing: { plans, sizeEnvironment } }) =>
      table(
        ['customers', ...plans.map((plan) => `${plan}: need, and the quota that holds it`)],
        counts.map((customers) => [
          customers.toLocaleString('en-US'),
          ...plans.map((plan) => {
            const { needs, quota } = sizeEnvironment({ customers, plan, features: [], override: {} });
            const need = [needs.cpuCores, needs.memoryGb, needs.storageGb].map(number).join(' / ');
            return `${need}; ${[quota.cpu, quota.memory, quota.storage].map(code).join(' ')}`;
          }),
        ]),
      ),
    database_instances: ({ sizing: { instanceGroups, maxConnections } }) =>
      table(
        ['families', 'size', 'vCPU', 'sustained cores', 'memory GB', 'connections'],
        rowsOf(instanceGroups.rds, (memoryGb) => [maxConnections({ memoryGb })]),
      ),
    cache_instances: ({ sizing: { instanceGroups } }) =>
      table(
        ['families', 'size', 'vCPU', 'sustained cores', 'memory GB'],
        rowsOf(instanceGroups.elasticache, () => []),
      ),
    missing_families: ({ sizing: { missingFamilies } }) =>
      table(
        ['region', 'service', 'families that it lacks'],
        Object.entries(missingFamilies).flatMap(([region, services]) =>
          Object.entries(services).map(([service, families]) => [
            code(region),
            service,
            families.map(code).join(', '),
          ]),
        ),
      ),
  };

  function rowsOf({ prefix, groups }, more) {
    return groups.flatMap(({ families, sizes }) =>
      sizes.map(([size, cpuCores, memoryGb, sustained]) => [
        families.map((family) => code(`${prefix}.${family}`)).join(', '),
        size,
        cpuCores,
        sustained ?? cpuCores,
        memoryGb,
        ...more(memoryGb),
      ]),
    );
  }
}
