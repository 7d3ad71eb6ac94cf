/** What a resource costs a month, as the rows of the price rules tell it. Pure. */
import type { Prices } from './price-table.js';

/** A resource before or after: its arguments in clear, so a text must not repeat them. */
export interface Priced {
  readonly address: string;
  readonly type: string;
  readonly values: Readonly<Record<string, unknown>>;
  /** The resource that an argument refers to, at the same time; undefined when it is not in the plan. */
  referred(argument: string): Priced | undefined;
}

export interface MonthlyPrice {
  readonly amount: number;
  /** What the price takes for granted, such as `100 GB a month through it`. */
  readonly assumed?: string;
}

/** Thrown by no one: what cannot be priced is told. */
export interface NoPrice {
  readonly why: string;
}

export type PriceOf = (one: Priced, prices: Prices) => MonthlyPrice | NoPrice;

export const free: PriceOf = () => ({ amount: 0 });

export function isPriced(found: MonthlyPrice | NoPrice): found is MonthlyPrice {
  return 'amount' in found;
}

/** The text of an argument; empty when it has none. */
export function textOf(values: Readonly<Record<string, unknown>>, name: string): string {
  const value = values[name];
  return typeof value === 'string' ? value : '';
}

/** The number of an argument; `otherwise` when it has none, or one that is not known before the apply. */
export function numberOf(values: Readonly<Record<string, unknown>>, name: string, otherwise = 0): number {
  const value = values[name];
  return typeof value === 'number' ? value : otherwise;
}

/** The blocks of a name. */
export function blocksOf(
  values: Readonly<Record<string, unknown>>,
  name: string,
): Readonly<Record<string, unknown>>[] {
  const value = values[name];
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
