import { parsePlan, type ChangeJson, type PlanJson } from '../plan/plan-json.js';
import { referencesOf } from '../plan/references.js';
import { awsPrice } from './price-rules-aws.js';
import { clusterPriceRules } from './price-rules-cluster.js';
import { free, isPriced, isRecord, type Priced, type PriceOf } from './price-rule.js';
import { pricesOf, type Prices, type PriceTable } from './price-table.js';

/** What an environment costs a month before and after a plan. Members are those of the API. */
export interface PlanCost {
  readonly currency: string;
  /** Date of the prices. */
  readonly as_of: string;
  /** Amounts a month, rounded to cents, without what is `unknown`. */
  readonly before: number;
  readonly after: number;
  readonly delta: number;
  /** What has no price, after the plan or before it; at most 50. */
  readonly unknown: readonly { readonly address: string; readonly why: string }[];
  readonly unknown_total: number;
  /** What a price takes for granted; at most 50. */
  readonly assumed: readonly { readonly address: string; readonly text: string }[];
  /** How the estimate differs from a bill, in sentences. */
  readonly notes: readonly string[];
}

export interface CostPlace {
  readonly region: string;
  /** A sandbox bills nothing: its objects are priced as those they imitate. */
  readonly simulated: boolean;
}

const most = 50;
/** Providers whose objects are nothing that is paid for. */
const freeProviders = [
  'random',
  'postgresql',
  'docker',
  'kubernetes',
  'helm',
  'null',
  'time',
  'tls',
  'local',
  'terraform',
];

type Side = 'before' | 'after';

/** The monthly cost of `terraform show -json`. Resources that stay are counted; data sources are not. Pure; throws as parsePlan does. */
export function costOfPlan(json: unknown, table: PriceTable, place: CostPlace): PlanCost {
  const plan = parsePlan(json);
  const prices = pricesOf(table, place.region);
  const before = sideCost(plan, prices, 'before');
  const after = sideCost(plan, prices, 'after');
  const unknown = distinct([...after.unknown, ...before.unknown]);
  return {
    currency: table.currency,
    as_of: table.as_of,
    before: cents(before.amount),
    after: cents(after.amount),
    delta: cents(cents(after.amount) - cents(before.amount)),
    unknown: unknown.slice(0, most),
    unknown_total: unknown.length,
    assumed: distinct([...after.assumed, ...before.assumed]).slice(0, most),
    notes: notesOf(prices, place),
  };
}

interface SideCost {
  readonly amount: number;
  readonly unknown: { address: string; why: string }[];
  readonly assumed: { address: string; text: string }[];
}

function sideCost(plan: PlanJson, prices: Prices, side: Side): SideCost {
  const all = resourcesAt(plan, side);
  const cost = { amount: 0, unknown: [] as SideCost['unknown'], assumed: [] as SideCost['assumed'] };
  for (const one of all.values()) {
    const priceOf = ruleOf(one.type);
    const found = priceOf?.(one, prices) ?? { why: `the price table has no ${one.type}` };
    if (!isPriced(found)) cost.unknown.push({ address: one.address, why: found.why });
    else {
      cost.amount += found.amount;
      if (found.assumed !== undefined && found.amount > 0)
        cost.assumed.push({ address: one.address, text: found.assumed });
    }
  }
  return cost;
}

function ruleOf(type: string): PriceOf | undefined {
  const provider = type.split('_')[0] ?? '';
  return clusterPriceRules[type] ?? awsPrice(type) ?? (freeProviders.includes(provider) ? free : undefined);
}

/** The managed resources that are there before or after, by address; one left behind by a broken replacement beside its successor. */
function resourcesAt(plan: PlanJson, side: Side): Map<string, Priced> {
  const references = referencesOf(plan);
  const found = new Map<string, Priced>();
  for (const { address, type, mode, change, deposed } of plan.resource_changes) {
    const values = valuesAt(change, side);
    if (mode !== 'managed' || values === undefined) continue;
    const referred = (argument: string): Priced | undefined =>
      byId(found, values[argument]) ??
      references(address, argument)
        .map((other) => found.get(other))
        .find((other) => other !== undefined);
    found.set(deposed === undefined ? address : `${address} ${deposed}`, { address, type, values, referred });
  }
  return found;
}

/** The resource whose id stands in a block such as `launch_template`. */
function byId(all: ReadonlyMap<string, Priced>, blocks: unknown): Priced | undefined {
  const [block]: unknown[] = Array.isArray(blocks) ? blocks : [];
  const id = isRecord(block) ? block['id'] : undefined;
  if (typeof id !== 'string') return undefined;
  return [...all.values()].find(({ values }) => values['id'] === id);
}

/** A resource that is taken out of the state goes on costing, yet not in this environment. */
function valuesAt(change: ChangeJson, side: Side): Readonly<Record<string, unknown>> | undefined {
  const values = change[side];
  return isRecord(values) ? values : undefined;
}

function notesOf({ region, pricedAs, table }: Prices, { simulated }: CostPlace): string[] {
  return [
    ...(region === pricedAs ? [] : [`the price table has no region ${region}: priced as ${pricedAs}`]),
    ...(simulated ? ['a sandbox bills nothing: these are the prices of what it imitates'] : []),
    `${pricesText(table)}, without tax, discounts and traffic that is not named`,
  ];
}

function pricesText({ as_of: asOf, assumed }: PriceTable): string {
  return assumed
    ? `list prices as assumed on ${asOf}, to be checked or replaced by COST_TABLE before a budget rests on them`
    : `prices of ${asOf}`;
}

/** The first of each address. */
function distinct<T extends { readonly address: string }>(items: readonly T[]): T[] {
  const seen = new Set<string>();
  return items.filter(({ address }) => !seen.has(address) && seen.add(address));
}

/** Never a negative nought. */
function cents(amount: number): number {
  return Math.round(amount * 100) / 100 + 0;
}
