/** A plan of one change, as policies are told it. */
import type { PlanCost } from '../../src/cost/plan-cost.js';
import type { PlanChange } from '../../src/plan/plan-changes.js';
import type { PlanSummary } from '../../src/plan/plan-summary.js';
import type { PolicyFacts } from '../../src/policy/policy-input.js';

export const facts: PolicyFacts = {
  run: { run_id: 'run_1', kind: 'create', revision: 1, requested_by: 'somebody' },
  environment: {
    environment_id: 'env_1',
    name: 'shop',
    region: 'eu-central-1',
    blueprint: 'app@1',
    labels: { team: 'a' },
  },
  tenant: { tenant_id: 'ten_1', slug: 'acme', name: 'Acme' },
  account: { account_id: 'acc_1', provider: 'sandbox', cloud_account_id: '100000000001' },
  spec: { size: 's' },
  totals: { cpu_cores: 4, memory_gb: 8, storage_gb: 20, gpu: 0 },
};

export function aChange(
  type: string,
  action: PlanChange['action'],
  after: Readonly<Record<string, unknown>>,
  codes: readonly string[] = [],
): PlanChange {
  const address = `${type}.it`;
  return {
    address,
    resource_type: type,
    action,
    reason: null,
    import_id: null,
    previous_address: null,
    deposed: null,
    replace_paths: [],
    risk: 'low',
    reasons: codes.map((code) => ({ code, risk: 'high', address, text: code })),
    attributes: Object.entries(after).map(([path, value]) => ({
      path,
      before: null,
      after: value,
      sensitive: false,
      unknown: false,
      forces_replacement: false,
      cause: null,
    })),
  };
}

const noCost: PlanCost = {
  currency: 'USD',
  as_of: '2025-06-01',
  before: 0,
  after: 0,
  delta: 0,
  unknown: [],
  unknown_total: 0,
  assumed: [],
  notes: [],
};

interface Given {
  readonly facts?: Partial<PolicyFacts>;
  readonly changes?: readonly PlanChange[];
  readonly cost?: Partial<PlanCost>;
}

export function aPlan(given: Given = {}): {
  facts: Partial<PolicyFacts>;
  changes: readonly PlanChange[];
  summary: PlanSummary;
} {
  return {
    facts: given.facts ?? {},
    changes: given.changes ?? [aChange('aws_s3_bucket', 'create', { bucket: 'b' })],
    summary: {
      create: 1,
      update: 0,
      replace: 0,
      delete: 0,
      import: 0,
      move: 0,
      read: 0,
      forget: 0,
      no_op: 0,
      output_changes: 0,
      drift: 0,
      destructive: false,
      risk: 'low',
      reasons: [],
      reasons_total: 0,
      cost: { ...noCost, ...given.cost },
    },
  };
}
