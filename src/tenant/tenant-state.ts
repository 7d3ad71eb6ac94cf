/** What a tenant may do and have done to it in each of its statuses. Pure. */
import { appError } from '../errors/app-error.js';
import type { RunKind } from '../run/run-state.js';

export const tenantStatuses = ['active', 'suspended', 'offboarding', 'offboarded'] as const;
export type TenantStatus = (typeof tenantStatuses)[number];

export type TenantAction = 'change' | 'suspend' | 'resume' | 'offboard';

/** Each action with the statuses in which it is allowed. Resuming ends an offboarding that is not done. */
export const tenantActions: Record<TenantAction, readonly TenantStatus[]> = {
  change: ['active', 'suspended', 'offboarding'],
  suspend: ['active'],
  resume: ['suspended', 'offboarding'],
  offboard: ['active', 'suspended', 'offboarding'],
};

export function allowedTenantActions(status: TenantStatus): TenantAction[] {
  return (Object.keys(tenantActions) as TenantAction[]).filter((action) =>
    tenantActions[action].includes(status),
  );
}

interface Subject {
  readonly tenantId: string;
  readonly status: TenantStatus;
}

/** Throws `action_not_allowed` with what is possible instead. */
export function assertTenantAction({ tenantId, status }: Subject, action: TenantAction): void {
  if (tenantActions[action].includes(status)) return;
  throw appError('action_not_allowed', `tenant ${tenantId} is ${status}: ${action} is not possible`, {
    extra: { status, allowed_actions: allowedTenantActions(status) },
  });
}

const refusals: Record<Exclude<TenantStatus, 'active'>, string> = {
  suspended: 'is suspended: no new runs until it is resumed',
  offboarding: 'is being offboarded: only destroy runs are possible',
  offboarded: 'was offboarded: nothing new is made in it',
};

/** Throws `tenant_not_active` when a tenant of that status takes no new run of that kind. */
export function assertTakesRun({ tenantId, status }: Subject, kind: RunKind): void {
  if (status === 'active' || (status === 'offboarding' && kind === 'destroy')) return;
  throw appError('tenant_not_active', `tenant ${tenantId} ${refusals[status]}`);
}

/** Throws `tenant_not_active` for a tenant that is leaving or has left: it gets no new accounts, tokens and grants. */
export function assertTenantStays({ tenantId, status }: Subject): void {
  if (status !== 'offboarding' && status !== 'offboarded') return;
  const text = status === 'offboarding' ? 'is being offboarded: nothing new is made in it' : refusals[status];
  throw appError('tenant_not_active', `tenant ${tenantId} ${text}`);
}
