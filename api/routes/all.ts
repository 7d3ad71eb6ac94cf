import type { AppDeps } from '../deps.js';
import type { Metrics } from '../metrics.js';
import type { Route } from '../route.js';
import { accountRoutes } from './accounts.js';
import { auditRoutes } from './audit.js';
import { blueprintRoutes } from './blueprints.js';
import { environmentRoutes } from './environments.js';
import { driftRoutes } from './drift.js';
import { healthRoutes } from './health.js';
import { receiptRoutes } from './receipts.js';
import { eventRoutes } from './events.js';
import { grantRoutes } from './grants.js';
import { onboardingRoutes } from './onboarding.js';
import { operationRoutes } from './operations.js';
import { policyRoutes } from './policies.js';
import { reviewRuleRoutes } from './review-rules.js';
import { runRoutes } from './runs.js';
import { sandboxRoutes } from './sandbox.js';
import { stateRepairRoutes } from './state-repair.js';
import { stateVersionRoutes } from './state-versions.js';
import { tenantRoutes } from './tenants.js';
import { tokenRoutes } from './tokens.js';
import { webhookRoutes } from './webhooks.js';

/** The table of routes: method, path, right, schemas and handler of every call. */
export function allRoutes(deps: AppDeps, metrics: Metrics): Route[] {
  const routes: Route[] = [
    ...environmentRoutes(deps),
    ...healthRoutes(deps),
    ...receiptRoutes(deps),
    ...driftRoutes(deps),
    ...stateVersionRoutes(deps),
    ...stateRepairRoutes(deps),
    ...runRoutes(deps),
    ...reviewRuleRoutes(deps),
    ...policyRoutes(deps),
    ...blueprintRoutes(deps),
    ...tenantRoutes(deps),
    ...accountRoutes(deps),
    ...onboardingRoutes(deps),
    ...tokenRoutes(deps),
    ...grantRoutes(deps),
    ...eventRoutes(deps),
    ...webhookRoutes(deps),
    ...auditRoutes(deps),
    ...(deps.sandbox === undefined ? [] : sandboxRoutes(deps, deps.sandbox)),
    ...operationRoutes(deps, metrics, () => routes),
  ];
  return routes;
}
