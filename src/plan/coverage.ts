import type { PlanChange } from './plan-changes.js';

/** What an approved action lets a later plan of the same run do to the same address. */
const covers: Record<string, readonly string[]> = {
  create: ['create', 'update', 'import'],
  update: ['update', 'import'],
  replace: ['replace', 'create', 'delete', 'update', 'import'],
  delete: ['delete'],
  move: ['move'],
};

/** The changes of a new plan that an approved plan does not allow, as `action address`. Pure. */
export function notCovered(approved: readonly PlanChange[], planned: readonly PlanChange[]): string[] {
  const allowed = new Map(approved.map((change) => [change.address, covers[change.action] ?? []]));
  return planned
    .filter((change) => change.action !== 'no_op' && change.action !== 'read')
    .filter((change) => !(allowed.get(change.address) ?? []).includes(change.action))
    .map((change) => `${change.action} ${change.address}`);
}
