import { inTransaction, type Db } from '../db/db.js';
import { actionRefused } from '../environment/environment-action.js';
import { environmentActions } from '../environment/environment-state.js';
import { getEnvironment, lockEnvironment } from '../environment/environment-store.js';
import type { Health } from '../environment/environment.js';
import { appError } from '../errors/app-error.js';
import type { Page, PageRequest } from '../lib/page.js';
import { activeRunId } from '../run/run-store.js';
import type { RequestContext } from '../token/principal.js';
import { listHealthChecks, requestHealthCheck, type HealthCheck } from './health-store.js';

export interface HealthHistory {
  readonly environmentId: string;
  /** What the last check found; null before the first. */
  readonly health: Health | null;
  readonly checks: Page<HealthCheck>;
}

/** What people do with the health of environments. Throws `not_found` for another tenant's. */
export interface HealthService {
  read(ctx: RequestContext, environmentId: string, page: PageRequest): Promise<HealthHistory>;
  /** Has a worker look, or joins the check that waits. Throws `active_run` and `action_not_allowed`. */
  check(ctx: RequestContext, environmentId: string): Promise<HealthCheck>;
}

export function createHealthService(db: Db): HealthService {
  return {
    read: async ({ principal }, id, page) => {
      // In this order the health is never older than the checks that are told with it.
      const checks = await listHealthChecks(db, id, page);
      const { environmentId, health } = await getEnvironment(db, principal.tenantId, id);
      return { environmentId, health, checks };
    },
    check: (ctx, id) => check(db, ctx, id),
  };
}

async function check(db: Db, { principal }: RequestContext, id: string): Promise<HealthCheck> {
  return inTransaction(db, async (tx) => {
    const environment = await lockEnvironment(tx, principal.tenantId, id);
    const { environmentId, tenantId, status } = environment;
    const active = await activeRunId(tx, environmentId);
    if (active !== null)
      throw appError(
        'active_run',
        `environment ${environmentId} has an active run ${active}: its health is checked when that ends`,
        { extra: { run_id: active, status } },
      );
    if (!environmentActions.health_check.includes(status))
      throw actionRefused(
        environment,
        `environment ${environmentId} is ${status}: there is nothing to check`,
      );
    return requestHealthCheck(tx, {
      tenantId,
      environmentId,
      trigger: 'request',
      requestedBy: principal.name,
    });
  });
}
