import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { loadCatalog } from '../../stacks/catalog.js';
import { createApp } from '../../api/app.js';
import { createHardenedServer } from '../../api/hardened-server.js';
import { createGrantService } from '../access/grant-service.js';
import { createOidc, type Oidc } from '../access/oidc.js';
import { createSignIn } from '../access/sign-in-service.js';
import { createAccountService } from '../account/account-service.js';
import { createAuditService } from '../audit/audit-service.js';
import { createAuditor } from '../audit/auditor.js';
import { openTenantWall } from '../db/tenant-wall.js';
import { walled } from '../db/walled.js';
import { blueprintsInUse } from '../environment/environment-store.js';
import { createEnvironmentService } from '../environment/environment-service.js';
import type { Config } from '../config/config.js';
import { appError } from '../errors/app-error.js';
import { createDriftService } from '../drift/drift-service.js';
import { createStateLock } from '../state/state-lock.js';
import { createStateRepair } from '../state/state-repair.js';
import { createStateVersions } from '../state/state-versions.js';
import { createReceiptService } from '../receipt/receipt-service.js';
import { createHealthService } from '../health/health-service.js';
import { createOutbound } from '../http/outbound.js';
import { createEventService } from '../event/event-service.js';
import { createRunService } from '../run/run-service.js';
import { createPolicyService } from '../policy/policy-service.js';
import { createRuleService } from '../review/rule-service.js';
import { sandboxAdmin } from '../sandbox/sandbox-admin.js';
import { seedUnlessGone } from '../tenant/seed.js';
import type { BlueprintCatalog } from '../spec/blueprint.js';
import { createTenantService } from '../tenant/tenant-service.js';
import { bootstrapAdminToken } from '../token/bootstrap.js';
import { createTokenService } from '../token/token-service.js';
import { createWebhookService } from '../webhook/webhook-service.js';
import type { Platform } from './platform.js';

export interface Api {
  readonly url: string;
  close(): Promise<void>;
}

/** Serves the REST API on HOST:PORT and leaves the bootstrap token in TERRACE_HOME/token. */
export async function startApi(platform: Platform): Promise<Api> {
  const { config, db, databaseUrl, log, keyring, queue } = platform;
  await bootstrapAdminToken(db, config.home);
  if (config.sandbox) await seedUnlessGone(db);
  const blueprints = await loadCatalog(config.blueprintFolders);
  await warnOfLostBlueprints(platform, blueprints);
  const tokens = createTokenService(db);
  const wall = await openTenantWall({
    db,
    databaseUrl,
    log,
    lowUrl: config.DATABASE_URL_API,
    makeLogin: config.DATABASE_URL === undefined ? 'terrace_tenants' : undefined,
  });
  const limits = { accountRunsAtOnce: config.ACCOUNT_RUNS_AT_ONCE };
  const draining = new AbortController();
  const app = createApp({
    draining: draining.signal,
    blueprints,
    config,
    db,
    log,
    environments: walled(wall, (db) =>
      createEnvironmentService({
        db,
        blueprints,
        keyring,
        maxEnvironmentsPerUser: config.MAX_ENVIRONMENTS_PER_USER,
        allowedRegions: config.ALLOWED_REGIONS,
        caps: {
          cpuCores: config.MAX_CPU_CORES,
          memoryGb: config.MAX_MEMORY_GB,
          storageGb: config.MAX_STORAGE_GB,
        },
        sandbox: config.sandbox,
      }),
    ),
    health: walled(wall, createHealthService),
    receipts: walled(wall, createReceiptService),
    drift: walled(wall, createDriftService),
    stateVersions: walled(wall, (db) => createStateVersions({ db, keyring })),
    stateLock: walled(wall, createStateLock),
    stateRepair: walled(wall, (db) => createStateRepair({ db, keyring })),
    runs: walled(wall, (db) =>
      createRunService({ db, keyring, planMaxAgeSeconds: config.PLAN_MAX_AGE, ...limits }),
    ),
    reviewRules: walled(wall, createRuleService),
    policies: walled(wall, createPolicyService),
    tenants: walled(wall, (db) => createTenantService(db, limits)),
    accounts: walled(wall, (db) =>
      createAccountService({
        db,
        keyring,
        sandbox: config.sandbox,
        // Loaded when first needed: the clients of AWS take half a second and 100 MB.
        verifyAccount: async (subject) => {
          const { verifyAccount } = await import('../credentials/verify-account.js');
          return verifyAccount({ endpoint: config.AWS_ENDPOINT_URL }, subject);
        },
      }),
    ),
    tokens: walled(wall, (db) => createTokenService(db)),
    grants: walled(wall, (db) => createGrantService({ db, issuer: config.OIDC_ISSUER })),
    events: walled(wall, createEventService),
    webhooks: walled(wall, (db) =>
      createWebhookService({ db, keyring, allowedRanges: config.OUTBOUND_ALLOWED_RANGES }),
    ),
    signIn: createSignIn({ db, tokens, oidc: oidcOf(config), derive: keyring.derive }),
    audit: walled(wall, createAuditService),
    auditor: createAuditor({ db, log }),
    sandbox: config.sandbox ? sandboxAdmin(db) : undefined,
    rateLimits: { perPrincipal: config.RATE_LIMIT_PRINCIPAL, perTenant: config.RATE_LIMIT_TENANT },
    queueDepth: () => queue.depth(),
  });
  const server = await listen(app, config.PORT, config.HOST).catch(async (error: unknown) => {
    await wall.close();
    throw error;
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${config.HOST}:${port}`,
    close: async () => {
      draining.abort();
      await drain(server);
      await wall.close();
    },
  };
}

const drainMs = 10_000;

/** Takes no more connections, and lets the requests under way be answered. */
function drain(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const idle = setInterval(() => server.closeIdleConnections(), 50);
    const late = setTimeout(() => server.closeAllConnections(), drainMs);
    server.close(() => {
      clearInterval(idle);
      clearTimeout(late);
      resolve();
    });
    server.closeIdleConnections();
  });
}

function oidcOf(config: Config): Oidc | undefined {
  const { OIDC_ISSUER: issuer, OIDC_AUDIENCE: audience } = config;
  if (issuer === undefined || audience === undefined) return undefined;
  return createOidc({
    issuer,
    audience,
    roleClaim: config.OIDC_ROLE_CLAIM,
    tenantClaim: config.OIDC_TENANT_CLAIM,
    outbound: createOutbound({ allowedRanges: config.OUTBOUND_ALLOWED_RANGES }),
  });
}

/** An environment outlives its blueprint from the stacks that it was applied with: it can be rolled back and destroyed, not changed. */
async function warnOfLostBlueprints({ db, log }: Platform, catalog: BlueprintCatalog): Promise<void> {
  for (const { ref, environments } of await blueprintsInUse(db))
    if (catalog.find(ref) === undefined)
      log.warn(
        { blueprint: ref, environments },
        `${environments} environments have blueprint ${ref}, which is not loaded: they cannot be changed; see BLUEPRINT_PATHS`,
      );
}

function listen(app: ReturnType<typeof createApp>, port: number, host: string): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createHardenedServer(app);
    server.once('error', (error) => reject(listenFault(error, port, host)));
    server.listen(port, host, () => resolve(server));
  });
}

function listenFault(error: Error, port: number, host: string): Error {
  if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') return error;
  return appError(
    'port_in_use',
    `port ${port} on ${host} is in use; stop the program that has it, or set PORT`,
  );
}
