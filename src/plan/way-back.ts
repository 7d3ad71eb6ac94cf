import type { PlanChange } from './plan-changes.js';
import { needsConfirmation } from './risk.js';

type Change = Pick<PlanChange, 'address' | 'action' | 'risk'>;

/**
 * What a plan that undoes a failed apply would delete or replace with risk, though that apply did not make it: nobody has
 * agreed to lose that. As `action address`. Pure.
 */
export function lostOnTheWayBack(approved: readonly Change[], back: readonly Change[]): string[] {
  const made = new Set(
    approved
      .filter(({ action }) => action === 'create' || action === 'replace')
      .map(({ address }) => address),
  );
  return back
    .filter(({ action, risk }) => (action === 'delete' || action === 'replace') && needsConfirmation(risk))
    .filter(({ address }) => !made.has(address))
    .map(({ action, address }) => `${action} ${address}`);
}
