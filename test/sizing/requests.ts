/** Requests that the tables of the sizing tests run over. */
import { sizing, type SizingRequest } from '../../src/sizing/sizing-request.js';
import { features, type Feature } from '../../src/sizing/sizing-table.js';

/** 42 counts from the fewest to the most customers: dense where rounding bites, then apart by a constant factor. */
export const customerCounts: readonly number[] = [
  ...[50, 51, 99, 100, 101, 149, 150, 249, 250, 251, 499, 500, 501, 999, 1000, 1001],
  ...Array.from({ length: 26 }, (_, at) => Math.round(1200 * (100_000 / 1200) ** (at / 25))),
];

/** Every subset of the features: 128 of them. */
export const featureSets: readonly (readonly Feature[])[] = Array.from(
  { length: 2 ** features.length },
  (_, bits) => features.filter((_feature, at) => (bits >> at) % 2 === 1),
);

/** The sets that every pair of features is in or out of together: none, one, two, all. */
export const featurePairs: readonly (readonly Feature[])[] = featureSets.filter(
  ({ length }) => length <= 2 || length === features.length,
);

/** A request as the schema leaves it. */
export function request(given: unknown = {}): SizingRequest {
  return sizing.parse(given);
}
