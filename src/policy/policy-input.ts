/** The document that policies judge. Its JSON Schema is told by the API; types of its members are checked when a policy is written. */
import { z } from 'zod';
import type { PlanChange } from '../plan/plan-changes.js';
import type { PlanSummary } from '../plan/plan-summary.js';

const count = z.int();
const values = z.record(z.string(), z.unknown());

export const policyInput = z.strictObject({
  now: z
    .strictObject({
      time: z
        .string()
        .describe(
          'when it is judged (again at the approval and before the apply), UTC: `2026-11-21T20:05:00.000Z`',
        ),
      date: z.string().describe('`2026-11-21`'),
      clock: z.string().describe('`20:05`'),
      weekday: count.describe('1 = Monday ... 7 = Sunday'),
    })
    .describe('in UTC'),
  run: z.strictObject({
    run_id: z.string(),
    kind: z.string().describe('create, update, rollback or destroy'),
    revision: count,
    requested_by: z.string(),
  }),
  environment: z.strictObject({
    environment_id: z.string(),
    name: z.string(),
    region: z.string(),
    blueprint: z.string(),
    labels: z.record(z.string(), z.string()),
  }),
  tenant: z.strictObject({ tenant_id: z.string(), slug: z.string(), name: z.string() }),
  account: z.strictObject({
    account_id: z.string(),
    provider: z.string(),
    cloud_account_id: z.string(),
  }),
  spec: z.unknown().describe('as the blueprint takes it'),
  totals: z
    .strictObject({
      cpu_cores: z.number(),
      memory_gb: z.number(),
      storage_gb: z.number(),
      gpu: count,
    })
    .describe('what the spec asks for in all'),
  summary: z.strictObject({
    create: count,
    update: count,
    replace: count,
    delete: count,
    import: count,
    destructive: z.boolean(),
    risk: z.string().describe('none, low, high or critical'),
  }),
  cost: z
    .strictObject({
      currency: z.string(),
      before: z.number(),
      after: z.number(),
      delta: z.number(),
      unknown: z.array(z.string()).describe('addresses without a price'),
    })
    .describe('a month'),
  changes: z
    .array(
      z.strictObject({
        address: z.string(),
        type: z.string(),
        action: z.string(),
        risk: z.string(),
        reasons: z.array(z.string()).describe('codes of docs/plan-review.md'),
        before: values.describe('dotted path -> value, of attributes that change; sensitive ones masked'),
        after: values.describe('the same after the plan; `(known after apply)` where it is not known'),
      }),
    )
    .describe('what the plan does, without what stays'),
  params: values.describe('those of the policy'),
});

export type PolicyInput = z.output<typeof policyInput>;
export type PolicyFacts = Omit<PolicyInput, 'now' | 'summary' | 'cost' | 'changes' | 'params'>;

interface Judged {
  readonly facts: PolicyFacts;
  readonly summary: PlanSummary;
  readonly changes: readonly PlanChange[];
  readonly now: Date;
}

/** The document without `params`. Pure. */
export function inputOf({ facts, summary, changes, now }: Judged): Omit<PolicyInput, 'params'> {
  const time = now.toISOString();
  const { cost } = summary;
  return {
    ...facts,
    now: { time, date: time.slice(0, 10), clock: time.slice(11, 16), weekday: now.getUTCDay() || 7 },
    summary: {
      create: summary.create,
      update: summary.update,
      replace: summary.replace,
      delete: summary.delete,
      import: summary.import ?? 0,
      destructive: summary.destructive ?? false,
      risk: summary.risk,
    },
    cost:
      cost === undefined
        ? { currency: 'USD', before: 0, after: 0, delta: 0, unknown: ['the whole plan'] }
        : { ...pick(cost), unknown: cost.unknown.map(({ address }) => address) },
    changes: changes.map((one) => ({
      address: one.address,
      type: one.resource_type,
      action: one.action,
      risk: one.risk,
      reasons: one.reasons.map(({ code }) => code),
      before: side(one, 'before'),
      after: side(one, 'after'),
    })),
  };
}

function pick({ currency, before, after, delta }: NonNullable<PlanSummary['cost']>) {
  return { currency, before, after, delta };
}

function side({ attributes }: PlanChange, at: 'before' | 'after'): Record<string, unknown> {
  return Object.fromEntries(attributes.map((one) => [one.path, one[at]]));
}
