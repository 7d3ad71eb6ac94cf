import type { StackInput } from '../../src/spec/stack-input.js';

/** A valid input with the given spec. */
export function inputOf(spec: Record<string, unknown> = {}, more: Partial<StackInput> = {}): StackInput {
  return {
    environment_id: 'env_1',
    environment_name: 'prod',
    tenant_id: 'ten_1',
    tenant_slug: 'acme',
    tenant_name: 'Acme Ltd',
    provider: 'aws',
    cloud_account_id: '123456789012',
    region: 'eu-central-1',
    blueprint: 'app@1',
    labels: { team: 'shop' },
    spec,
    ...more,
  };
}

export const vpc = {
  vpc_id: 'vpc-0a1b2c3d',
  vpc_cidr: '10.0.0.0/16',
  subnet_ids: ['subnet-0a1b2c3d', 'subnet-0a1b2c3e'],
};

export const release = {
  repository: 'https://charts.example.com',
  chart: 'shop',
  version: '1.0.0',
  values: { b: 1, a: { d: 2, c: 3 } },
};

/** Every combination of database, cache, release and ingress. */
export const shapes: readonly Record<string, unknown>[] = ['none', 'in_cluster', 'rds'].flatMap((database) =>
  ['none', 'in_cluster', 'elasticache'].flatMap((cache) =>
    [undefined, release].flatMap((chart) =>
      [undefined, { host: 'shop.example.com' }].map((ingress) => ({
        database: { mode: database },
        cache: { mode: cache },
        network: { ...vpc, egress: [{ name: 'payments', cidr: '203.0.113.0/24', ports: [443] }] },
        ...(chart ? { releases: [chart] } : {}),
        ...(ingress ? { ingress } : {}),
      })),
    ),
  ),
);
